// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

/**
 * Decides when putting cached blocks back into their slabs is worth the time: when they are many, and more of them than the last
 * time where that freed few slabs, since the blocks then lie scattered.
 *
 * <p>Confined to the heap's owner.
 */
final class Reclaiming {

    private static final long LEAST_BYTES = 64 << 10;
    /** Of what was put back so much must have come free, as a divisor. */
    private static final int WORTHWHILE_SHARE = 8;

    private long thresholdBytes = LEAST_BYTES;

    boolean isWorthwhile(long cachedBytes) {
        return cachedBytes >= thresholdBytes;
    }

    /** Notes what putting back so many bytes brought in empty slabs. */
    void done(long cachedBytes, long emptiedBytes) {
        boolean didGood = emptiedBytes >= cachedBytes / WORTHWHILE_SHARE;
        thresholdBytes = didGood ? LEAST_BYTES : 2 * cachedBytes;
    }
}
