// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.flags;

import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.BandFeatures;

/** Flags about who allocates and who frees. */
final class ThreadFlags {

    // Less of the frees raise no flag.
    private static final double COLLECTED_RATIO = 0.02;

    private ThreadFlags() {}

    static void raise(FlagSet flags, ApplicationFeatures application, BandFeatures band) {
        flags.raise(
                Flag.SINGLE_THREAD,
                Threshold.SINGLE_THREAD_TOP_SHARE.strength(application.topThreadShare()),
                "one thread made " + Figures.percent(application.topThreadShare()) + " of the allocations");
        flags.raise(
                Flag.MANY_THREADS,
                Threshold.MANY_THREADS_COUNT.strength((double) application.activeThreadCount()),
                application.activeThreadCount() + " busy threads");
        flags.raise(
                Flag.VIRTUAL_THREADS,
                Threshold.VIRTUAL_THREADS_RATIO.strength(application.virtualThreadRatio()),
                Figures.percent(application.virtualThreadRatio()) + " of the allocations on virtual threads");
        flags.raise(
                Flag.THREAD_CHURN,
                Threshold.THREAD_CHURN_PER_SECOND.strength(application.endedThreadsPerSecond()),
                Figures.count(application.endedThreadsPerSecond()) + " threads ended a second");
        flags.raise(
                Flag.REMOTE_FREE,
                Threshold.REMOTE_FREE_RATIO.strength(band.remoteFreeRatio()),
                remote(band) + collected(application));
        double remote = Threshold.PRODUCER_CONSUMER_RATIO.strength(band.remoteFreeRatio());
        double imbalance = Threshold.PRODUCER_CONSUMER_RATIO.strength(application.threadImbalance());
        flags.raise(
                Flag.PRODUCER_CONSUMER,
                Math.min(remote, imbalance),
                remote(band) + ", " + Figures.percent(application.threadImbalance())
                        + " of the frees by threads that did not allocate as much" + collected(application));
    }

    private static String remote(BandFeatures band) {
        return Figures.percent(band.remoteFreeRatio()) + " of the frees by another thread";
    }

    /** No thread of the program's may have freed anything for another. */
    private static String collected(ApplicationFeatures application) {
        return application.collectorFreeRatio() < COLLECTED_RATIO
                ? ""
                : "; " + Figures.percent(application.collectorFreeRatio())
                        + " by the JDK, after the garbage collector found the buffers unused";
    }
}
