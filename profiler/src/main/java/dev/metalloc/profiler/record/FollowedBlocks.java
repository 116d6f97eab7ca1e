// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/** The followed blocks of one arena, in order of their birth; one thread at a time. */
final class FollowedBlocks {
    static final int VALUES = 4;
    static final int FIRST_CAPACITY = 32;

    private static final int SIZE = 0;
    private static final int BIRTH_BYTES = 1;
    private static final int BIRTH_NANOS = 2;
    private static final int META = 3;

    private long[] values = new long[FIRST_CAPACITY * VALUES];
    private int count;

    /** The caller has made sure that there is room. */
    void add(long byteSize, long birthBytes, long birthNanos, long meta) {
        int at = count++ * VALUES;
        values[at + SIZE] = byteSize;
        values[at + BIRTH_BYTES] = birthBytes;
        values[at + BIRTH_NANOS] = birthNanos;
        values[at + META] = meta;
    }

    boolean isFull() {
        return count * VALUES == values.length;
    }

    int capacity() {
        return values.length / VALUES;
    }

    void growTo(int capacity) {
        values = Arrays.copyOf(values, capacity * VALUES);
    }

    int count() {
        return count;
    }

    long byteSize(int index) {
        return values[index * VALUES + SIZE];
    }

    long birthBytes(int index) {
        return values[index * VALUES + BIRTH_BYTES];
    }

    long birthNanos(int index) {
        return values[index * VALUES + BIRTH_NANOS];
    }

    long meta(int index) {
        return values[index * VALUES + META];
    }

    void clear() {
        count = 0;
    }
}
