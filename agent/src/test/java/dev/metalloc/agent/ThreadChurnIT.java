// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import example.app.Troubles;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that come and go by the thousand, virtual ones by the hundred thousand. */
class ThreadChurnIT {

    /** Fifty threads and some carriers at once, each with a few rows of counters; the rest is tables of fixed size. */
    private static final long HELD_LIMIT_BYTES = 8 << 20;
    /** Seven longs in a table that is a quarter full at the least. */
    private static final long MOST_BYTES_PER_BLOCK = 4L * 7 * Long.BYTES;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sampled", "full"})
    void shouldCountExactlyInBoundedMemory(String mode) throws Exception {
        Path file = folder.resolve("p.mprof");
        ChildJvm.Result result = new ChildJvm(folder)
                .agent("profile,out=" + file + ",mode=" + mode)
                .run(Troubles.class, "threads");
        assertEquals(0, result.exitCode(), result.err());
        Profile profile = ProfileReader.read(file);
        EntryPointProfile unsafe = profile.entryPoint(EntryPoint.UNSAFE).orElseThrow();
        long platformBlocks = (long) Troubles.PLATFORM_THREADS * Troubles.BLOCKS_PER_PLATFORM_THREAD;
        assertEquals(platformBlocks + Troubles.VIRTUAL_THREADS, unsafe.allocateCount());
        assertEquals(unsafe.allocateCount(), unsafe.freeCount());
        assertEquals(0, unsafe.unknownFreeCount());
        assertEquals(Troubles.VIRTUAL_THREADS, unsafe.virtualThreadAllocateCount());
        assertEquals(platformBlocks * 100 + Troubles.VIRTUAL_THREADS * 200L, unsafe.allocateBytes());
        long carriers = profile.threadCounts().platformCount() - Troubles.PLATFORM_THREADS;
        assertTrue(carriers >= 1 && carriers < 300, profile.threadCounts().toString());
        assertTrue(profile.threadCounts().endedCount() >= Troubles.PLATFORM_THREADS, "" + profile.threadCounts());
        System.out.println(mode + ": " + profile.threadCounts() + ", " + profile.cost());
        // Full mode follows every block, and those of all virtual threads may be live at once.
        long followedBytes = mode.equals("full") ? Troubles.VIRTUAL_THREADS * MOST_BYTES_PER_BLOCK : 0;
        assertTrue(
                profile.cost().heldBytes() < HELD_LIMIT_BYTES + followedBytes,
                profile.cost().toString());
    }
}
