// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.features;

import java.util.List;

/**
 * A profile in numbers.
 *
 * @param durationSeconds run time of all runs together
 * @param runSeconds run time of one
 * @param javaFeatureVersion feature release of the profiled JVM, such as 25; 0 where it could not be told
 * @param activeThreadCount threads that made at least a hundredth of the events of the busiest
 * @param topThreadShare the busiest thread's share of the allocations, 0..1
 * @param threadImbalance 0 where each thread frees as much as it allocates, 1 where none frees what it allocates
 * @param collectorFreeRatio frees by threads of the JDK that free what the garbage collector found to be unreachable, of all frees
 * @param sharing how likely two events after another are of different threads, if they come in any order
 * @param endedThreadsPerSecond threads that allocated or freed, and ended
 * @param rateVariation standard deviation of the allocation rate over time, as a part of its mean
 * @param rateErrorRatio half the 95 % confidence interval of the mean rate, as a part of it
 * @param phaseCount times the live bytes rose high and fell back low
 */
public record ApplicationFeatures(
        double durationSeconds,
        double runSeconds,
        int javaFeatureVersion,
        BandFeatures all,
        long activeThreadCount,
        double topThreadShare,
        double threadImbalance,
        double collectorFreeRatio,
        double sharing,
        double endedThreadsPerSecond,
        double virtualThreadRatio,
        double rateVariation,
        double rateErrorRatio,
        int phaseCount,
        List<EntryPointFeatures> entryPoints) {

    public ApplicationFeatures {
        entryPoints = List.copyOf(entryPoints);
    }
}
