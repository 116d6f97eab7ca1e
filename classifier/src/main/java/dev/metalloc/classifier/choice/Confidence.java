// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.features.ApplicationFeatures;
import org.apache.commons.math3.distribution.NormalDistribution;

/** How sure a verdict is, 0..1, to two decimals. Immutable. */
final class Confidence {

    // As many allocations again as are needed at all halve what remains of the doubt.
    private static final double HALF_SURE_COUNT = (double) LeaveRules.MIN_ALLOCATE_COUNT;
    private static final double INCOMPLETE_PROFILE = 0.8;
    // Costs are calibrated on patterns that allocators are made for; of others they say less.
    private static final double MADE_FOR_NOTHING = 0.9;
    // Held memory is looked at every few seconds, and falls to a band by a guess.
    private static final double ONE_LOOK = 0.8;
    // Where threads come and go a slab held up to twice of what was expected of it.
    private static final double MEMORY_ERROR_LOG = Math.log(2);
    private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);

    private final double application;
    private final double costErrorLog;

    Confidence(ApplicationFeatures application, boolean profileComplete, double costErrorLog) {
        this.costErrorLog = costErrorLog;
        // A rate that swings over the run may be another one in the next.
        double steady = 1 / (1 + Math.min(1, application.rateErrorRatio()));
        this.application = (profileComplete ? 1 : INCOMPLETE_PROFILE) * steady;
    }

    /** That an allocator saves what was expected: the difference must stand out of both figures' error. */
    double ofChange(double nanosBefore, double nanosAfter, long allocateCount, MadeFor madeFor) {
        double distance = Math.log(nanosBefore / nanosAfter) / (costErrorLog * Math.sqrt(2));
        double matched = madeFor.isNothing() ? MADE_FOR_NOTHING : 1;
        return rounded(application * matched * events(allocateCount) * NORMAL.cumulativeProbability(distance));
    }

    /** That an allocator holds so much less than the C library did: both are figures of one run, and neither is known well. */
    double ofMemory(long bytesBefore, long bytesAfter, long allocateCount, MadeFor madeFor) {
        double distance = Math.log((double) bytesBefore / Math.max(1, bytesAfter)) / MEMORY_ERROR_LOG;
        double matched = madeFor.isNothing() ? MADE_FOR_NOTHING : 1;
        return rounded(
                application * matched * ONE_LOOK * events(allocateCount) * NORMAL.cumulativeProbability(distance));
    }

    /** That leaving is right where a gain of {@code savedShare} stayed below {@code neededShare}. */
    double ofSmallGain(double savedShare, double neededShare, long allocateCount) {
        double closeness = Math.clamp(savedShare / neededShare, 0.0, 1.0);
        return rounded(application * events(allocateCount) * (1 - closeness / 2));
    }

    /** That leaving is right for want of something, such as events. */
    double ofRule(boolean certain, long allocateCount) {
        return certain ? 1 : rounded(1 - events(allocateCount) / 2);
    }

    private static double events(long allocateCount) {
        return allocateCount / (allocateCount + HALF_SURE_COUNT);
    }

    static double rounded(double confidence) {
        return Math.rint(confidence * 100) / 100;
    }
}
