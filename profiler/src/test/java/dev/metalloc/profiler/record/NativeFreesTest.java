// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.MALLOC_DOWNCALL;
import static dev.metalloc.profiler.api.EntryPoint.UNSAFE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import dev.metalloc.profiler.io.ProfileWriter;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class NativeFreesTest {

    private static final int MALLOC = MALLOC_DOWNCALL.ordinal();
    private static final int RAW = UNSAFE.ordinal();

    private final Recorder recorder = new Recorder(RecorderOptions.full(), new NoStacks());
    private final ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());

    @Test
    void shouldCountAddressesThatComeBackThoughNobodyFreedThem() {
        for (int i = 0; i < 3; i++) {
            thread.allocated(RAW, 0x1000, 100);
            thread.allocated(RAW, 0x2000 + 0x1000L * i, 100);
        }
        assertEquals(2, nativeFrees(recorder));
    }

    @Test
    void shouldCountFreesAndReallocationsByTheLibraryItself() {
        thread.allocated(RAW, 0x1000, 100);
        thread.allocated(RAW, 0x2000, 100);
        thread.allocated(RAW, 0x3000, 100);
        thread.freed(MALLOC, 0x1000);
        thread.freed(MALLOC, 0x3000);
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0x2000), 0x2000, 0x4000, 200);
        assertEquals(3, nativeFrees(recorder));
    }

    @Test
    void shouldCountNoneWhereEachFreeIsSeen() {
        for (int i = 0; i < 1_000; i++) {
            thread.allocated(RAW, 0x1000, 100);
            thread.allocated(RAW, 0x2000, 100);
            thread.freed(RAW, 0x1000);
            thread.endReallocate(RAW, thread.beginReallocate(RAW, 0x2000), 0x2000, 0x2000, 150);
            thread.freed(RAW, 0x2000);
            thread.allocated(MALLOC, 0x1000, 100);
            thread.freed(MALLOC, 0x1000);
        }
        assertEquals(0, nativeFrees(recorder));
    }

    /** A program of some hundred blocks, all of which its library frees: followed ones meet at their addresses sooner or later. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldNoticeInSampledMode(int seed) {
        Recorder sampled = new Recorder(RecorderOptions.sampled(), new NoStacks());
        ThreadRecorder sampling = sampled.threadRecorder(Thread.currentThread());
        for (int i = 0; i < 2_000_000; i++) {
            sampling.allocated(RAW, 0x10000 + ((i * 7919L + seed) % 200 << 8), 120);
        }
        assertTrue(nativeFrees(sampled) > 0);
    }

    @Test
    void shouldBeKeptInFilesAndAddUp(@TempDir Path folder) throws IOException {
        thread.allocated(RAW, 0x1000, 100);
        thread.freed(MALLOC, 0x1000);
        Path file = folder.resolve("a.mprof");
        ProfileWriter.write(file, RecorderTest.profileOf(recorder));
        Profile read = ProfileReader.read(file);
        assertEquals(1, read.entryPoint(UNSAFE).orElseThrow().nativeFreeCount());
        EntryPointProfile merged = Profiles.merge(read, read).entryPoint(UNSAFE).orElseThrow();
        assertEquals(2, merged.nativeFreeCount());
    }

    private static long nativeFrees(Recorder recorder) {
        return RecorderTest.profileOf(recorder).entryPoint(UNSAFE).orElseThrow().nativeFreeCount();
    }
}
