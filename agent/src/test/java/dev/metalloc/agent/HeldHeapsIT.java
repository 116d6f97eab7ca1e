// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.io.ProfileReader;
import example.app.FragmentedHeaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldHeapsIT {

    private static final long HEAP_BYTES = (long) FragmentedHeaps.BLOCKS * FragmentedHeaps.BLOCK_BYTES;
    /** What a JVM has in them itself, see docs/profiling.md. */
    private static final long JVM_BYTES = 64L << 20;

    @TempDir
    Path folder;

    @Test
    void shouldTellWhatTheHeapsHoldThatNothingLivesIn() throws Exception {
        assumeTrue(isGlibc(), "another C library");
        HeapUse heaps = profiled(new ChildJvm(folder));
        assertTrue(heaps.heldBytes() >= FragmentedHeaps.THREADS * HEAP_BYTES, heaps.toString());
        assertTrue(heaps.heldBytes() <= FragmentedHeaps.THREADS * HEAP_BYTES + JVM_BYTES, heaps.toString());
        // Estimated from the followed blocks.
        assertTrue(heaps.peakLiveBytes() >= HEAP_BYTES / 2, heaps.toString());
        assertTrue(heaps.peakLiveBytes() <= 2 * HEAP_BYTES, heaps.toString());
    }

    @Test
    void shouldTellThatOneArenaHoldsLess() throws Exception {
        assumeTrue(isGlibc(), "another C library");
        HeapUse heaps = profiled(new ChildJvm(folder).within("export MALLOC_ARENA_MAX=1"));
        assertTrue(heaps.heldBytes() <= 2 * HEAP_BYTES + JVM_BYTES, heaps.toString());
    }

    @Test
    void shouldTellNothingBesideAnotherAllocator() throws Exception {
        Path library = Path.of("/usr/lib", architecture() + "-linux-gnu", "libjemalloc.so.2");
        assumeTrue(Files.exists(library), "no " + library);
        assertEquals(Optional.empty(), heaps(new ChildJvm(folder).within("export LD_PRELOAD=" + library)));
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
    }

    private HeapUse profiled(ChildJvm jvm) throws Exception {
        return heaps(jvm).orElseThrow();
    }

    private Optional<HeapUse> heaps(ChildJvm jvm) throws Exception {
        Path file = folder.resolve("p.mprof");
        ChildJvm.Result result = jvm.agent("profile,out=" + file + ",cache=" + folder.resolve("cache"))
                .run(FragmentedHeaps.class);
        assertEquals(0, result.exitCode(), result.err());
        return ProfileReader.read(file).heaps();
    }

    private static boolean isGlibc() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        return Files.exists(maps) && Files.readString(maps).contains("/libc.so.6");
    }
}
