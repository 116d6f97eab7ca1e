// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Picks allocations by a Poisson process over bytes; used by one thread.
 *
 * <p>Each allocation covers {@code byteSize + OVERHEAD_BYTES} of the process, so that programs with many tiny blocks are
 * sampled by count. A picked one stands for {@code 1 / P(picked)} of its kind, which makes every sum of weights unbiased.
 */
final class ByteSampler {
    static final int OVERHEAD_BYTES = 64;
    /** Weights are stored in units of 1/256, so that the smallest one, 1, is still exact. */
    static final int WEIGHT_SHIFT = 8;
    /** The weight of what stands for itself alone. */
    static final long ONE = 1L << WEIGHT_SHIFT;

    /** Keeps sums far away from overflow. */
    private static final long MAX_BYTES = 1L << 50;

    private final double meanBytes;
    private long bytesToNext;
    private long state;

    /** @param meanBytes mean distance of two picks; 0 picks everything */
    ByteSampler(double meanBytes, long seed) {
        this.meanBytes = meanBytes;
        this.state = mix(seed) | 1;
        this.bytesToNext = nextDistance();
    }

    /** Whether this one is not to be taken; where it is, nothing has changed, and {@link #picks} must follow. */
    boolean skips(long byteSize) {
        long left = bytesToNext - byteSize - OVERHEAD_BYTES;
        if (left <= 0) {
            return false;
        }
        bytesToNext = left;
        return true;
    }

    /** Whether to take this one; {@link #rearm} must follow before the next call. */
    boolean picks(long byteSize) {
        bytesToNext -= byteSize + OVERHEAD_BYTES;
        return bytesToNext <= 0;
    }

    /** The process has no memory: what lies beyond the pick within the same allocation does not count. */
    void rearm() {
        bytesToNext = nextDistance();
    }

    /** A fair coin that comes up with the given probability. */
    boolean tosses(double probability) {
        return uniform() <= probability;
    }

    /**
     * How likely a process of this mean distance picks an allocation. Compilers know the exponential, and expm1 by its Java code only; at
     * the longest distance what is lost is one part in a hundred million.
     */
    static double probability(double meanBytes, long byteSize) {
        return meanBytes == 0 ? 1 : 1 - Math.exp(-((double) byteSize + OVERHEAD_BYTES) / meanBytes);
    }

    @OutOfLine
    static long weight(double meanBytes, long byteSize) {
        return Math.round(ONE / probability(meanBytes, byteSize));
    }

    /** Bytes that a block of a weight stands for. Splits off the whole part, so that a large block does not overflow. */
    static long weightedBytes(long byteSize, long weight) {
        long fraction = weight & (ONE - 1);
        long whole = (weight >>> WEIGHT_SHIFT) * byteSize;
        return fraction == 0 ? whole : whole + Math.round((double) byteSize * fraction / ONE);
    }

    /** For a process whose rest is kept elsewhere. */
    long nextDistance() {
        if (meanBytes == 0) {
            return 0;
        }
        return Math.min(MAX_BYTES, 1 + (long) (-Math.log(uniform()) * meanBytes));
    }

    /** In (0, 1]: its logarithm is finite. */
    private double uniform() {
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        return ((mix(state) >>> 11) + 1) * 0x1p-53;
    }

    static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58_476D_1CE4_E5B9L;
        return mixed ^ (mixed >>> 32);
    }
}
