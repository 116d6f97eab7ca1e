// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

/** Arithmetic on sizes and alignments, powers of two where it says so. */
public final class Sizes {

    private Sizes() {}

    /** The least multiple of the power of two {@code alignment} that is not below {@code value}. */
    public static long alignUp(long value, long alignment) {
        return value + alignment - 1 & -alignment;
    }

    public static boolean isPowerOfTwo(long value) {
        return value > 0 && (value & value - 1) == 0;
    }

    /** The base-2 logarithm of {@code value}, at least 1, rounded down. */
    public static int log2(long value) {
        return 63 - Long.numberOfLeadingZeros(value);
    }

    /** The base-2 logarithm of {@code value}, at least 1, rounded up. */
    public static int log2Up(long value) {
        return 64 - Long.numberOfLeadingZeros(value - 1);
    }

    /**
     * Checks that a parameter is a power of two within bounds.
     *
     * @throws IllegalArgumentException naming the parameter
     */
    public static long requirePowerOfTwo(String name, long value, long least, long most) {
        if (!isPowerOfTwo(value) || value < least || value > most) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: a power of two from " + least + " to " + most + ")");
        }
        return value;
    }

    /**
     * Checks that a parameter lies within bounds.
     *
     * @throws IllegalArgumentException naming the parameter
     */
    public static long requireRange(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }
}
