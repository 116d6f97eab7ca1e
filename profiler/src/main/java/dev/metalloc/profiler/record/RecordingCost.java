// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import dev.metalloc.profiler.api.EntryPoint;
import org.jspecify.annotations.Nullable;

/**
 * What recording an event costs, stack walks apart: the least that was measured, since the first times find code that nobody has compiled yet
 * and a busy machine only adds to it. Measured on a recorder aside, which goes when enough was; one thread at a time.
 */
@SuppressWarnings("EnumOrdinal") // as in Recorder
public final class RecordingCost {
    private static final int MOST_MEASUREMENTS = 10;
    private static final int UNSAFE = EntryPoint.UNSAFE.ordinal();

    private static final long BUDGET_NANOS = 1_000_000;
    // On a busy machine the budget may be gone after a first round, which nobody has compiled yet.
    private static final int LEAST_ROUNDS = 16;
    private static final int ROUND_PAIRS = 512; // whole turns of the live blocks
    private static final int LIVE_BLOCKS = 16;
    private static final long BLOCK_BYTES = 256;
    private static final long FIRST_ADDRESS = 1L << 20;

    private final RecorderOptions options;
    private final boolean countsQuickly;
    private @Nullable ThreadRecorder aside;
    private int measurements;
    private double nanosPerEvent = Double.POSITIVE_INFINITY;
    private double nanosPerQuickEvent = Double.POSITIVE_INFINITY;

    /** @param countsQuickly whether threads count blocks by their {@link QuickCounts} as far as these will */
    public RecordingCost(RecorderOptions options, boolean countsQuickly) {
        this.options = options;
        this.countsQuickly = countsQuickly;
    }

    /** Takes a millisecond or two; nothing any more once it was done often enough. */
    public void measure() {
        if (measurements >= MOST_MEASUREMENTS) {
            return;
        }
        measurements++;
        ThreadRecorder thread = aside();
        nanosPerEvent = Math.min(nanosPerEvent, leastNanos(thread, QuickCounts.NOBODY));
        if (countsQuickly) {
            nanosPerQuickEvent = Math.min(nanosPerQuickEvent, leastNanos(thread, thread.entry(UNSAFE).quick));
        }
        aside = measurements < MOST_MEASUREMENTS ? thread : null;
    }

    /** 0 where it is not known. */
    public double nanosPerEvent() {
        return Double.isInfinite(nanosPerEvent) ? 0 : nanosPerEvent;
    }

    /** Of an event that is counted quickly; as of any other where it is not known. */
    public double nanosPerQuickEvent() {
        return Double.isInfinite(nanosPerQuickEvent) ? nanosPerEvent() : nanosPerQuickEvent;
    }

    private ThreadRecorder aside() {
        Thread current = Thread.currentThread();
        ThreadRecorder known = aside;
        if (known != null && known.threadId == current.threadId()) {
            return known;
        }
        ThreadRecorder fresh = new Recorder(options, new NoStack()).threadRecorder(current);
        for (int block = 1; block < LIVE_BLOCKS; block++) {
            fresh.allocated(UNSAFE, address(block), BLOCK_BYTES);
        }
        return fresh;
    }

    private static double leastNanos(ThreadRecorder thread, QuickCounts quick) {
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
