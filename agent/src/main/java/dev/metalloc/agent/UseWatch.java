// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.policy.plan.ExpectedUse;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells when what is served departs from what the profile behind its rule said.
 *
 * <p>One thread. A program has phases, and a profile is their mean: a departure counts when it was seen in three windows in a row,
 * and is far from what was expected. Judged are the share of requests of the rule's sizes, frees by other threads, and memory.
 */
final class UseWatch {

    /** Fewer events are no window yet. */
    static final long LEAST_EVENTS = 10_000;

    static final int WINDOWS = 3;

    /** Less than this part of the expected share is another mix of sizes. */
    private static final double LEAST_SHARE_RATIO = 0.5;

    /** So much more than the expected ratio is another use of threads. */
    private static final double REMOTE_FREE_MARGIN = 0.25;

    private static final long PEAK_RATIO = 4;
    /** What an allocator holds in reserve for its threads is no departure. */
    private static final long PEAK_SLACK_BYTES = 64L << 20;

    private final ExpectedUse expected;
    private Observation lastSizes = Observation.NOTHING;
    private Observation lastFrees = Observation.NOTHING;
    private int sizeWindows;
    private int freeWindows;
    private int memoryLooks;

    UseWatch(ExpectedUse expected) {
        this.expected = expected;
    }

    /** Takes a look; answers how the use departs, or null where it does not. */
    @Nullable
    String look(Observation now) {
        String departure = sizes(now);
        if (departure == null) {
            departure = frees(now);
        }
        return departure == null ? memory(now) : departure;
    }

    private @Nullable String sizes(Observation now) {
        long served = now.allocateCount() - lastSizes.allocateCount();
        long all = served + now.missedCount() - lastSizes.missedCount();
        if (expected.share() < 0 || all < LEAST_EVENTS) {
            return null;
        }
        lastSizes = now;
        double share = (double) served / all;
        sizeWindows = share < expected.share() * LEAST_SHARE_RATIO ? sizeWindows + 1 : 0;
        return sizeWindows < WINDOWS
                ? null
                : percent(share) + " of the requests are of its sizes, " + percent(expected.share())
                        + " in the profile";
    }

    private @Nullable String frees(Observation now) {
        long freed = now.freeCount() - lastFrees.freeCount();
        if (expected.remoteFreeRatio() < 0 || now.remoteFreeCount() < 0 || freed < LEAST_EVENTS) {
            return null;
        }
        double ratio = Math.min(1.0, (double) (now.remoteFreeCount() - lastFrees.remoteFreeCount()) / freed);
        lastFrees = now;
        freeWindows = ratio > expected.remoteFreeRatio() + REMOTE_FREE_MARGIN ? freeWindows + 1 : 0;
        return freeWindows < WINDOWS
                ? null
                : percent(ratio) + " of the blocks are freed by another thread, " + percent(expected.remoteFreeRatio())
                        + " in the profile";
    }

    private @Nullable String memory(Observation now) {
        long peakBytes = expected.peakBytes();
        boolean isFarAbove = peakBytes >= 0 && (now.committedBytes() - PEAK_SLACK_BYTES) / PEAK_RATIO > peakBytes;
        memoryLooks = isFarAbove ? memoryLooks + 1 : 0;
        return memoryLooks < WINDOWS
                ? null
                : String.format(
                        Locale.ROOT, "it holds %,d bytes, at most %,d were expected", now.committedBytes(), peakBytes);
    }

    private static String percent(double ratio) {
        return Math.round(ratio * 100) + " %";
    }
}
