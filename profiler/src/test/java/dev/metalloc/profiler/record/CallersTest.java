// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.MALLOC_DOWNCALL;
import static dev.metalloc.profiler.api.EntryPoint.UNSAFE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.Callers;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import dev.metalloc.profiler.io.ProfileWriter;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class CallersTest {

    @TempDir
    Path folder;

    private static Profile profile(boolean tells, boolean others) {
        Recorder recorder = new Recorder(RecorderOptions.full(), new NoStacks());
        if (tells) {
            recorder.tellCallers();
        }
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        thread.allocated(MALLOC_DOWNCALL.ordinal(), 0x1000, 100);
        thread.allocated(UNSAFE.ordinal(), 0x2000, 100);
        if (others) {
            recorder.registry().calledByOthers(MALLOC_DOWNCALL.ordinal());
        }
        return RecorderTest.profileOf(recorder);
    }

    private static Callers callers(Profile profile, EntryPoint entryPoint) {
        return profile.entryPoint(entryPoint).orElseThrow().callers();
    }

    @Test
    void shouldSayWhoseHandlesWereCalled() {
        assertEquals(Callers.UNKNOWN, callers(profile(false, false), MALLOC_DOWNCALL));
        assertEquals(Callers.KEEPERS, callers(profile(true, false), MALLOC_DOWNCALL));
        assertEquals(Callers.OTHERS, callers(profile(true, true), MALLOC_DOWNCALL));
        assertEquals(Callers.UNKNOWN, callers(profile(true, true), UNSAFE));
    }

    @Test
    void shouldBeKeptInFiles() throws IOException {
        Path file = folder.resolve("a.mprof");
        for (Profile written : new Profile[] {profile(false, false), profile(true, false), profile(true, true)}) {
            ProfileWriter.write(file, written);
            assertEquals(callers(written, MALLOC_DOWNCALL), callers(ProfileReader.read(file), MALLOC_DOWNCALL));
        }
    }

    /** Whoever does not know spoils what others know, and others spoil all. */
    @Test
    void shouldMerge() {
        Profile unknown = profile(false, false);
        Profile keepers = profile(true, false);
        Profile others = profile(true, true);
        assertEquals(Callers.KEEPERS, callers(Profiles.merge(keepers, keepers), MALLOC_DOWNCALL));
        assertEquals(Callers.UNKNOWN, callers(Profiles.merge(keepers, unknown), MALLOC_DOWNCALL));
        assertEquals(Callers.OTHERS, callers(Profiles.merge(keepers, others), MALLOC_DOWNCALL));
        assertEquals(Callers.OTHERS, callers(Profiles.merge(others, unknown), MALLOC_DOWNCALL));
    }
}
