// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import org.jspecify.annotations.Nullable;

/** What arrays on the Java heap take by their lengths; for statistics. A reference takes four bytes, as it does on heaps of up to 32 GiB. */
public final class ArrayBytes {

    private static final int REFERENCE_BYTES = 4;

    private ArrayBytes() {}

    public static long of(long[] array) {
        return (long) array.length * Long.BYTES;
    }

    public static long of(int[] array) {
        return (long) array.length * Integer.BYTES;
    }

    public static long of(byte[] array) {
        return array.length;
    }

    /** Of the references, not of what they lead to. */
    public static long of(@Nullable Object[] array) {
        return ofReferences(array.length);
    }

    public static long ofReferences(long count) {
        return count * REFERENCE_BYTES;
    }
}
