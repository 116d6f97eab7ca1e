// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import java.util.Arrays;
import java.util.Random;

/**
 * The sizes a benchmark asks for, drawn before it runs: all alike, or a sequence that repeats.
 *
 * <p>Immutable. Seeded: each subject is asked for the same sizes in the same order.
 */
final class Sizes {

    static final String MIXED = "mixed";
    static final long MIXED_LARGEST_BYTES = 64 << 10;

    private static final long MIXED_LEAST_BYTES = 64;
    private static final long SEED = 0x5eed;

    /** Too long for a branch predictor to learn, short enough to leave the second-level cache to the blocks. */
    private static final int COUNT = 1 << 14;

    private final int[] byteSizes;

    private Sizes(int[] byteSizes) {
        this.byteSizes = byteSizes;
    }

    /** One size, or {@link #MIXED}: log-uniform from 64 bytes to 64 KiB. */
    static Sizes parse(String text) {
        int[] byteSizes = new int[COUNT];
        if (text.equals(MIXED)) {
            Random random = new Random(SEED);
            double decades = Math.log((double) MIXED_LARGEST_BYTES / MIXED_LEAST_BYTES);
            Arrays.setAll(byteSizes, i -> (int) (MIXED_LEAST_BYTES * Math.exp(random.nextDouble() * decades)));
        } else {
            Arrays.fill(byteSizes, Integer.parseInt(text));
        }
        return new Sizes(byteSizes);
    }

    /** The largest size a text stands for. */
    static long largest(String text) {
        return text.equals(MIXED) ? MIXED_LARGEST_BYTES : Long.parseLong(text);
    }

    int at(int index) {
        return byteSizes[index & (COUNT - 1)];
    }

    int mean() {
        return (int) Arrays.stream(byteSizes).average().orElseThrow();
    }
}
