// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

/**
 * The same piece of memory over and over: what a benchmark costs without an allocator. Its figure is part of all others.
 *
 * @param address of memory that blocks share
 */
record NoAllocator(long address) implements Subject {

    @Override
    public long allocate(long byteSize) {
        return address;
    }

    @Override
    public void free(long block) {
        // Nothing was taken.
    }
}
