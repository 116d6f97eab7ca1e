// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.api.AllocationBurst;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.ThreadSummary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which sizes each of a workload's threads allocates, of what all of them do.
 *
 * <p>Immutable. Threads and bands are numbered as in the lists it was made of.
 */
/* Implementation notes
 *
 * A burst does not say whose it is. It is taken for that of the threads under whose sizes its blocks are as likely as under anybody's, or nearly so.
 */
final class ThreadSizes {

    // A band begins at half its end; the threads' histograms have no value between that and an eighth more.
    private static final double FIRST_OF_BAND = 1.125;
    // For each band, so that what a thread has not had is unlikely, not impossible.
    private static final double UNSEEN = 0.1;
    private static final double NEARLY = Math.log(1000);

    private final List<BandProfile> bands;
    /** By thread and band, of the thread's allocations. */
    private final double[][] shares;
    /** By thread and band, the thread's share over that of all. */
    private final double[][] weights;

    ThreadSizes(List<ThreadSummary> threads, List<BandProfile> bands) {
        this.bands = bands;
        shares = new double[Math.max(1, threads.size())][bands.size()];
        weights = new double[shares.length][bands.size()];
        double all = Math.max(
                1, bands.stream().mapToDouble(BandProfile::allocateCount).sum());
        for (double[] each : weights) {
            Arrays.fill(each, 1);
        }
        for (int thread = 0; thread < threads.size(); thread++) {
            double own = (double) threads.get(thread).sizes().getTotalCount();
            for (int band = 0; band < bands.size(); band++) {
                double count = own == 0 ? UNSEEN : count(threads.get(thread), bands.get(band)) + UNSEEN;
                shares[thread][band] = count / (own + UNSEEN * bands.size());
                if (own > 0 && bands.get(band).allocateCount() > 0) {
                    weights[thread][band] = count / own * all / bands.get(band).allocateCount();
                }
            }
        }
    }

    private static double count(ThreadSummary thread, BandProfile band) {
        long end = 1L << band.log2();
        long first = (long) Math.ceil(FIRST_OF_BAND * end / 2);
        return (double) thread.sizes().getCountBetweenValues(Math.min(first, end), end);
    }

    /** How much likelier the thread's next block is of a band than anybody's is. */
    double weight(int thread, int band) {
        return weights[thread][band];
    }

    /** By thread, those that may be its own. */
    List<List<AllocationBurst>> own(List<AllocationBurst> bursts) {
        List<List<AllocationBurst>> own = new ArrayList<>();
        for (int thread = 0; thread < shares.length; thread++) {
            own.add(new ArrayList<>());
        }
        for (AllocationBurst burst : bursts) {
            double[] likelihoods = new double[shares.length];
            for (int thread = 0; thread < shares.length; thread++) {
                likelihoods[thread] = logLikelihood(thread, burst);
            }
            double least = Arrays.stream(likelihoods).max().orElse(0) - NEARLY;
            for (int thread = 0; thread < shares.length; thread++) {
                if (likelihoods[thread] >= least) {
                    own.get(thread).add(burst);
                }
            }
        }
        return own;
    }

    private double logLikelihood(int thread, AllocationBurst burst) {
        double sum = 0;
        for (AllocationBurst.Block block : burst.blocks()) {
            for (int band = 0; band < bands.size(); band++) {
                if (BurstCursor.isWithin(bands.get(band), block.byteSize())) {
                    sum += Math.log(shares[thread][band]);
                }
            }
        }
        return sum;
    }
}
