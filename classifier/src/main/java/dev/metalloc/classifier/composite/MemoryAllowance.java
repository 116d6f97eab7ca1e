// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.classifier.Objective;

/**
 * What an objective lets a composition hold at the peak, and what holding more or less counts for beside time.
 *
 * @param byteSize how much is allowed
 */
record MemoryAllowance(Objective objective, double byteSize) {

    // A hundredth more than is allowed must save a third of the time: what is allowed is itself off by some hundredths.
    private static final double PRICE_OF_MORE = 40;

    /** Whether it is expected to hold no more than that. */
    boolean isMet(Composition composition) {
        return composition.peakBytes() <= byteSize;
    }

    /**
     * On the scale of the logarithm of a time: beyond what is allowed much more than it is exceeded by; and a balanced choice may be as much slower as it
     * holds less.
     */
    double price(Composition composition) {
        double share = Math.log(composition.peakBytes() / byteSize);
        return PRICE_OF_MORE * Math.max(0, share) + (objective == Objective.BALANCED ? share : 0);
    }
}
