// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

/**
 * Maps block sizes, counted in granules of 16 bytes, to bins: exact below 128 granules, 64 bins a doubling above.
 *
 * <p>{@link #roundUp} gives the lower bound of a bin, so every block in the bin of a rounded size holds it.
 */
final class Bins {

    private static final int SECOND_LEVEL_LOG2 = 6;
    private static final int LINEAR = 1 << (SECOND_LEVEL_LOG2 + 1);
    /** Blocks of up to 2^30 granules, 16 GiB. */
    private static final int LARGEST_LOG2 = 30;

    static final int COUNT = LINEAR + ((LARGEST_LOG2 - SECOND_LEVEL_LOG2) << SECOND_LEVEL_LOG2);

    private Bins() {}

    static int of(int granules) {
        if (granules < LINEAR) {
            return granules;
        }
        int log2 = 31 - Integer.numberOfLeadingZeros(granules);
        // The leading bit of the shifted size is 64: it stands for the first bin of the doubling.
        return ((log2 - SECOND_LEVEL_LOG2) << SECOND_LEVEL_LOG2) + (granules >>> (log2 - SECOND_LEVEL_LOG2));
    }

    static int roundUp(int granules) {
        if (granules < LINEAR) {
            return granules;
        }
        int step = 1 << (31 - Integer.numberOfLeadingZeros(granules) - SECOND_LEVEL_LOG2);
        return granules + step - 1 & -step;
    }
}
