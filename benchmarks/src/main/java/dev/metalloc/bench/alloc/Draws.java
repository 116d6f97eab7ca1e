// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import java.util.Random;

/**
 * Random numbers drawn before a benchmark runs, in a sequence that repeats.
 *
 * <p>Immutable. Seeded: each subject sees the same numbers.
 */
final class Draws {

    /** Long enough that no branch predictor learns it. */
    private static final int COUNT = 1 << 16;

    private final int[] numbers;

    private Draws(int[] numbers) {
        this.numbers = numbers;
    }

    /** Uniform from 0 to below the bound; threads that draw alike take seeds of their own. */
    static Draws below(int bound, long seed) {
        return new Draws(new Random(seed).ints(COUNT, 0, bound).toArray());
    }

    int at(int index) {
        return numbers[index & (COUNT - 1)];
    }
}
