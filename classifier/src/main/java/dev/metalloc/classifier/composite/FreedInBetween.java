// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.profiler.api.BandProfile;
import java.util.List;

/**
 * Bytes that are freed before the like is asked for again, so that lists that hold less are full now and then: an estimate.
 *
 * @param bytes one deviation of what some bands hold
 */
/* Implementation notes
 *
 * As many blocks of a band live at once for a while as are allocated during one's lifetime (Little's law), the median one: what lives long
 * does not come back soon. Of blocks that come and go independently the number deviates by its square root; of those that
 * are freed in pairs with their allocation, by one.
 */
record FreedInBetween(double bytes) {

    // What deviates by twice as much is rare.
    private static final double DEVIATIONS = 2;
    // However short the lists, some block fits the next request.
    private static final double MOST_JOINED_RATIO = 0.8;
    // What is asked for less often fills a list as seldom.
    private static final double LEAST_SHARE = 0.01;

    /**
     * An estimate for some of the bands.
     *
     * @param all whose allocations are the clock of the lifetimes
     */
    static FreedInBetween of(List<BandProfile> all, List<BandProfile> some) {
        double clockBytes = (double)
                Math.max(1, all.stream().mapToLong(BandProfile::allocateBytes).sum());
        double allocations = some.stream().mapToLong(BandProfile::allocateCount).sum();
        double variance = 0;
        for (BandProfile band : some) {
            if (band.freeCount() > 0
                    && band.allocateCount() >= LEAST_SHARE * allocations
                    && band.minByteSize() <= QuickListSizes.LARGEST_BYTES) {
                double meanBytes = (double) band.allocateBytes() / band.allocateCount();
                double blocks = band.allocateCount() * band.lifetimeBytes().getValueAtPercentile(50) / clockBytes;
                variance += Math.max(1, blocks) * meanBytes * meanBytes;
            }
        }
        return new FreedInBetween(Math.sqrt(variance));
    }

    /** The share of the frees that find the lists full. */
    double joinedRatio(double heldBytes) {
        double needed = DEVIATIONS * bytes;
        return needed <= heldBytes ? 0 : MOST_JOINED_RATIO * (1 - heldBytes / needed);
    }
}
