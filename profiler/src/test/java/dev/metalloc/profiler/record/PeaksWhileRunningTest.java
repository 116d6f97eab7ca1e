// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Peaks are looked at while threads allocate and free: what comes and goes meanwhile must not count as held. */
class PeaksWhileRunningTest {

    @SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
    private static final int RAW = EntryPoint.UNSAFE.ordinal();

    private static final int LIVE = 64;
    private static final int MOST_BYTES = 168;
    private static final int PAIRS = 3_000_000;

    private final Recorder recorder = new Recorder(RecorderOptions.full(), new NoStacks());

    @Test
    void shouldNotExceedWhatLivesAtOnce() throws InterruptedException {
        AtomicBoolean ended = new AtomicBoolean();
        Thread churning = new Thread(() -> {
            churn();
            ended.set(true);
        });
        churning.start();
        while (!ended.get()) {
            recorder.snapshot();
        }
        churning.join();
        EntryPointProfile unsafe =
                RecorderTest.profileOf(recorder).entryPoint(EntryPoint.UNSAFE).orElseThrow();
        long trueMost = (long) LIVE * MOST_BYTES;
        unsafe.bands().forEach(band -> assertTrue(band.peakLiveBytes() <= trueMost, band.toString()));
        assertTrue(unsafe.peakLiveBytes() <= trueMost + RecorderOptions.DEFAULT_LIVE_FLUSH_BYTES, unsafe.toString());
        assertTrue(unsafe.peakLiveBytes() >= trueMost / 4, unsafe.toString());
    }

    private void churn() {
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        long random = 1;
        boolean[] isLive = new boolean[LIVE];
        for (int i = 0; i < PAIRS; i++) {
            random = random * 6364136223846793005L + 1442695040888963407L;
            int block = (int) (random >>> 58);
            long address = 0x10000L + block * 256L;
            if (isLive[block]) {
                thread.freed(RAW, address);
            }
            thread.allocated(RAW, address, 16 + (random >>> 33) % (MOST_BYTES - 16));
            isLive[block] = true;
        }
    }
}
