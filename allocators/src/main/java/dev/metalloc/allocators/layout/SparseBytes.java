// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import java.util.Arrays;

/**
 * An array of bytes over a large range of indexes whose pages exist only where bytes were set; all others are 0.
 *
 * <p>Confined.
 */
public final class SparseBytes {

    private static final int PAGE_SHIFT = 16;
    private static final int PAGE_MASK = (1 << PAGE_SHIFT) - 1;
    /** Stands for every page never written, so that reading needs no test for null. */
    private static final byte[] NO_BYTES = new byte[1 << PAGE_SHIFT];

    private final byte[][] pages;

    /** @param size number of indexes, from 0 to this - 1 */
    public SparseBytes(int size) {
        pages = new byte[(size >>> PAGE_SHIFT) + 1][];
        Arrays.fill(pages, NO_BYTES);
    }

    /** Of its arrays. */
    @SuppressWarnings("ReferenceEquality") // the shared page of zeros is known by its identity
    public long heldBytes() {
        long bytes = ArrayBytes.of(pages);
        for (byte[] page : pages) {
            bytes += page == NO_BYTES ? 0 : page.length;
        }
        return bytes;
    }

    public byte get(int index) {
        return pages[index >>> PAGE_SHIFT][index & PAGE_MASK];
    }

    @SuppressWarnings("ReferenceEquality") // the shared page of zeros is known by its identity
    public void set(int index, int value) {
        byte[] page = pages[index >>> PAGE_SHIFT];
        if (page == NO_BYTES) {
            page = new byte[1 << PAGE_SHIFT];
            pages[index >>> PAGE_SHIFT] = page;
        }
        page[index & PAGE_MASK] = (byte) value;
    }

    /** As {@link #set}, for an index that was set before. */
    public void replace(int index, int value) {
        pages[index >>> PAGE_SHIFT][index & PAGE_MASK] = (byte) value;
    }
}
