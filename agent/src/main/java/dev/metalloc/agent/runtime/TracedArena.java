// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.util.Arrays;

/** The blocks of one open arena that a trace will end when the arena is closed; guarded by the trace. */
public final class TracedArena {

    private static final int FIRST_CAPACITY = 8;

    private long[] addresses = new long[FIRST_CAPACITY];
    private long[] byteSizes = new long[FIRST_CAPACITY];
    private int count;
    boolean closed;

    void add(long address, long byteSize) {
        if (count == addresses.length) {
            long[] longer = Arrays.copyOf(byteSizes, 2 * count);
            addresses = Arrays.copyOf(addresses, 2 * count);
            byteSizes = longer;
        }
        addresses[count] = address;
        byteSizes[count++] = byteSize;
    }

    int count() {
        return count;
    }

    long address(int index) {
        return addresses[index];
    }

    long byteSize(int index) {
        return byteSizes[index];
    }
}
