// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.classifier.features.BandFeatures;

/**
 * What the profile said of the blocks a verdict speaks of; a run that departs from it is another program's.
 *
 * @param share of the allocations of its entry point, or of its site in a verdict on one, those of the verdict's sizes: 0..1
 * @param remoteFreeRatio frees by another thread than the allocating one, of all frees: 0..1
 */
public record BlockUse(double share, double remoteFreeRatio) {

    /** Some bands of all those of an entry point or a site. */
    public static BlockUse of(BandFeatures some, BandFeatures all) {
        double share = all.allocateCount() == 0 ? 0 : (double) some.allocateCount() / all.allocateCount();
        return new BlockUse(Math.min(1, share), some.remoteFreeRatio());
    }
}
