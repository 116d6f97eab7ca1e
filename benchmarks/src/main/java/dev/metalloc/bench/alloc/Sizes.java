// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * The sizes a benchmark asks for, drawn before it runs: all alike, or a sequence that repeats.
 *
 * <p>Immutable. Seeded: each subject is asked for the same sizes in the same order.
 */
public final class Sizes {

    public static final String MIXED = "mixed";

    private static final long MIXED_LEAST_BYTES = 64;
    private static final long MIXED_LARGEST_BYTES = 64 << 10;
    private static final long SEED = 0x5eed;

    /** Too long for a branch predictor to learn, short enough to leave the second-level cache to the blocks. */
    private static final int COUNT = 1 << 14;

    private final int[] byteSizes;

    private Sizes(int[] byteSizes) {
        this.byteSizes = byteSizes;
    }

    /** One size, or {@link #MIXED}: log-uniform from 64 bytes to 64 KiB. */
    static Sizes parse(String text) {
        return text.equals(MIXED) ? logUniform() : fixed(Integer.parseInt(text));
    }

    /** The largest size a text stands for. */
    public static long largest(String text) {
        return text.equals(MIXED) ? MIXED_LARGEST_BYTES : Long.parseLong(text);
    }

    private static Sizes fixed(int byteSize) {
        int[] byteSizes = new int[COUNT];
        Arrays.fill(byteSizes, byteSize);
        return new Sizes(byteSizes);
    }

    private static Sizes logUniform() {
        Random random = new Random(SEED);
        double range = Math.log((double) MIXED_LARGEST_BYTES / MIXED_LEAST_BYTES);
        return drawn(i -> (int) (MIXED_LEAST_BYTES * Math.exp(random.nextDouble() * range)));
    }

    /** From {@code least} to {@code largest}, each as often. */
    static Sizes uniform(int least, int largest) {
        Random random = new Random(SEED);
        return drawn(i -> random.nextInt(least, largest + 1));
    }

    /** From {@code least} to {@code largest}, the larger the rarer, as rptest draws with linear fall-off. */
    static Sizes fallingOff(int least, int largest) {
        Random random = new Random(SEED);
        return drawn(i -> {
            double weight = Math.abs(random.nextDouble() + random.nextDouble() - 1);
            return least + (int) ((largest - least) * random.nextDouble() * weight);
        });
    }

    /** Uniform, and one in a hundred a hundred times as large, as mstress draws. */
    static Sizes uniformWithRareLarge(int least, int largest) {
        Random random = new Random(SEED);
        return drawn(i -> random.nextInt(least, largest + 1) * (random.nextInt(100) == 0 ? 100 : 1));
    }

    /** The sequence given, over and over. */
    static Sizes repeating(int[] byteSizes) {
        return drawn(i -> byteSizes[i % byteSizes.length]);
    }

    private static Sizes drawn(IntUnaryOperator draw) {
        int[] byteSizes = new int[COUNT];
        Arrays.setAll(byteSizes, draw);
        return new Sizes(byteSizes);
    }

    int at(int index) {
        return byteSizes[index & (COUNT - 1)];
    }

    int mean() {
        return (int) Arrays.stream(byteSizes).average().orElseThrow();
    }
}
