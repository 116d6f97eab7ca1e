// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import dev.metalloc.profiler.api.EntryPoint;

/** Measures what recording an event costs, on a recorder of its own; takes a millisecond or two each. */
@SuppressWarnings("EnumOrdinal") // as in Recorder
public final class RecordingCost {
    private static final int UNSAFE = EntryPoint.UNSAFE.ordinal();

    private static final long BUDGET_NANOS = 1_000_000;
    // On a busy machine the budget may be gone after a first round, which nobody has compiled yet.
    private static final int LEAST_ROUNDS = 16;
    private static final int ROUND_PAIRS = 512; // whole turns of the live blocks
    private static final int LIVE_BLOCKS = 16;
    private static final long BLOCK_BYTES = 256;
    private static final long FIRST_ADDRESS = 1L << 20;

    private RecordingCost() {}

    /** Nanoseconds for one event, stack walks apart: the least of several rounds, since a busy machine only adds to it. */
    public static double nanosPerEvent(RecorderOptions options) {
        return nanosPerEvent(options, false);
    }

    /** The same where threads count blocks by their {@link QuickCounts} as far as these will. */
    public static double nanosPerQuickEvent(RecorderOptions options) {
        return nanosPerEvent(options, true);
    }

    private static double nanosPerEvent(RecorderOptions options, boolean quickly) {
        ThreadRecorder thread = new Recorder(options, new NoStack()).threadRecorder(Thread.currentThread());
        for (int block = 1; block < LIVE_BLOCKS; block++) {
            thread.allocated(UNSAFE, address(block), BLOCK_BYTES);
        }
        QuickCounts quick = quickly ? thread.entry(UNSAFE).quick : QuickCounts.NOBODY;
        long begin = System.nanoTime();
        long least = Long.MAX_VALUE;
        long now = begin;
        for (int round = 0; round < LEAST_ROUNDS || now - begin < BUDGET_NANOS; round++) {
            doPairs(thread, quick);
            long end = System.nanoTime();
            least = Math.min(least, end - now);
            now = end;
        }
        return least / (2.0 * ROUND_PAIRS);
    }

    /** As the hooks do it. */
    private static void doPairs(ThreadRecorder thread, QuickCounts quick) {
        long id = Thread.currentThread().threadId();
        for (int pair = 0; pair < ROUND_PAIRS; pair++) {
            long allocated = address(pair);
            if (!quick.allocated(id, BLOCK_BYTES)) {
                thread.allocated(UNSAFE, allocated, BLOCK_BYTES);
            }
            long freed = address(pair + 1); // not the newest: that would be the cheapest
            if (!quick.freed(id, freed)) {
                thread.freed(UNSAFE, freed);
            }
        }
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
