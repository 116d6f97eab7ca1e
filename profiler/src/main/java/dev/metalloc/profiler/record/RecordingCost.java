// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import dev.metalloc.profiler.api.EntryPoint;

/** Measures what recording an event costs, on a recorder of its own; takes a few milliseconds. */
@SuppressWarnings("EnumOrdinal") // as in Recorder
public final class RecordingCost {
    private static final int UNSAFE = EntryPoint.UNSAFE.ordinal();

    private static final long BUDGET_NANOS = 4_000_000;
    private static final int ROUND_PAIRS = 500;
    private static final int LIVE_BLOCKS = 16;
    private static final long BLOCK_BYTES = 256;
    private static final long FIRST_ADDRESS = 1L << 20;

    private RecordingCost() {}

    /** Nanoseconds for one event, stack walks apart: the least of several rounds, since a busy machine only adds to it. */
    public static double nanosPerEvent(RecorderOptions options) {
        ThreadRecorder thread = new Recorder(options, new NoStack()).threadRecorder(Thread.currentThread());
        long begin = System.nanoTime();
        long least = Long.MAX_VALUE;
        for (long now = begin; now - begin < BUDGET_NANOS; ) {
            for (int pair = 0; pair < ROUND_PAIRS; pair++) {
                long address = FIRST_ADDRESS + (pair % LIVE_BLOCKS) * BLOCK_BYTES;
                thread.allocated(UNSAFE, address, BLOCK_BYTES);
                thread.freed(UNSAFE, address);
            }
            long end = System.nanoTime();
            least = Math.min(least, end - now);
            now = end;
        }
        return least / (2.0 * ROUND_PAIRS);
    }

    private static final class NoStack implements StackSource {
        @Override
        public void walk(FrameBuffer into) {
            // A walk's time is measured where it happens.
        }
    }
}
