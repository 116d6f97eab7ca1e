// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import dev.metalloc.profiler.api.EntryPoint;

/** Measures what recording an event costs, on a recorder of its own; takes a few milliseconds. */
@SuppressWarnings("EnumOrdinal") // as in Recorder
public final class RecordingCost {
    private static final int UNSAFE = EntryPoint.UNSAFE.ordinal();

    private static final long BUDGET_NANOS = 4_000_000;
    private static final int ROUND_PAIRS = 512; // whole turns of the live blocks
    private static final int LIVE_BLOCKS = 16;
    private static final long BLOCK_BYTES = 256;
    private static final long FIRST_ADDRESS = 1L << 20;

    private RecordingCost() {}

    /** Nanoseconds for one event, stack walks apart: the least of several rounds, since a busy machine only adds to it. */
    public static double nanosPerEvent(RecorderOptions options) {
        ThreadRecorder thread = new Recorder(options, new NoStack()).threadRecorder(Thread.currentThread());
        for (int block = 1; block < LIVE_BLOCKS; block++) {
            thread.allocated(UNSAFE, address(block), BLOCK_BYTES);
        }
        long begin = System.nanoTime();
        long least = Long.MAX_VALUE;
        for (long now = begin; now - begin < BUDGET_NANOS; ) {
            for (int pair = 0; pair < ROUND_PAIRS; pair++) {
                thread.allocated(UNSAFE, address(pair), BLOCK_BYTES);
                thread.freed(UNSAFE, address(pair + 1)); // not the newest: that would be the cheapest
            }
            long end = System.nanoTime();
            least = Math.min(least, end - now);
            now = end;
        }
        return least / (2.0 * ROUND_PAIRS);
    }

    private static long address(int block) {
        return FIRST_ADDRESS + (block % LIVE_BLOCKS) * BLOCK_BYTES;
    }

    private static final class NoStack implements StackSource {
        @Override
        public void walk(FrameBuffer into) {
            // A walk's time is measured where it happens.
        }
    }
}
