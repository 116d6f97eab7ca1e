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

    /** Whether to take this one; {@link #rearm} must follow before the next call. */
    boolean picks(long byteSize) {
        bytesToNext -= byteSize + OVERHEAD_BYTES;
        return bytesToNext <= 0;
    }

    /** The process has no memory: what lies beyond the pick within the same allocation does not count. */
    void rearm() {
        bytesToNext = nextDistance();
    }

    static long weight(double meanBytes, long byteSize) {
        if (meanBytes == 0) {
            return 1L << WEIGHT_SHIFT;
        }
        double covered = (double) byteSize + OVERHEAD_BYTES;
        return Math.round((1 << WEIGHT_SHIFT) / -Math.expm1(-covered / meanBytes));
    }

    private long nextDistance() {
        if (meanBytes == 0) {
            return 0;
        }
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        double uniform = ((mix(state) >>> 11) + 1) * 0x1p-53; // in (0, 1]: its logarithm is finite
        return Math.min(MAX_BYTES, 1 + (long) (-Math.log(uniform) * meanBytes));
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58_476D_1CE4_E5B9L;
        return mixed ^ (mixed >>> 32);
    }
}
