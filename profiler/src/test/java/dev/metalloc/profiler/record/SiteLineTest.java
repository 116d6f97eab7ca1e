// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteProfile;
import org.junit.jupiter.api.Test;

class SiteLineTest {

    @SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
    private static final int DIRECT = EntryPoint.DIRECT_BUFFER.ordinal();

    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private final Recorder recorder = new Recorder(RecorderOptions.sampled(), SiteLineTest::walk);
    private final ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
    private int usualLine;

    @Test
    void shouldTellTheLineOfMostBlocksNotTheFirst() {
        allocate();
        Profile profile = RecorderTest.profileOf(recorder);
        assertEquals(1, profile.sites().size());
        SiteProfile.Frame innermost = profile.sites().getFirst().frames().getFirst();
        assertEquals("allocate", innermost.methodName());
        assertEquals(usualLine, innermost.line());
    }

    private void allocate() {
        thread.allocated(DIRECT, 0x1000, 64);
        for (int i = 2; i < 3_000; i++) {
            thread.allocated(DIRECT, 0x1000L * i, 100_000);
            if (i % 500 == 0) {
                thread.allocated(DIRECT, 0x1000_0000L * i, 64);
            }
        }
        usualLine = line() - 5;
    }

    /** In an application the recorder's own frames are the JDK's. */
    private static void walk(FrameBuffer into) {
        WALKER.walk(frames -> {
            frames.filter(frame -> frame.getMethodName().equals("allocate")).forEach(into::add);
            return true;
        });
    }

    private static int line() {
        return WALKER.walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
    }
}
