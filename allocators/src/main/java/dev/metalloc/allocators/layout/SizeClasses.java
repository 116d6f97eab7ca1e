// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

/**
 * An ascending table of block sizes, each a multiple of 16: the only place where slabs round sizes.
 *
 * <p>Immutable.
 */
public final class SizeClasses {

    /** Largest class of any table: the lookup table has a byte for 16 bytes of it. */
    public static final long MAX_CLASS_BYTES = 1L << 20;

    /** What a byte of the lookup table can say. */
    private static final int MAX_COUNT = 127;

    private static final int DEFAULT_LARGEST_BYTES = 32 << 10;
    private static final int GRANULE_SHIFT = 4;

    private final int[] byteSizes;
    private final byte[] classByGranules;

    private SizeClasses(int[] byteSizes) {
        this.byteSizes = byteSizes;
        this.classByGranules = new byte[(byteSizes[byteSizes.length - 1] >>> GRANULE_SHIFT) + 1];
        int sizeClass = 0;
        for (int granules = 0; granules < classByGranules.length; granules++) {
            if (granules << GRANULE_SHIFT > byteSizes[sizeClass]) {
                sizeClass++;
            }
            classByGranules[granules] = (byte) sizeClass;
        }
    }

    /** Four classes for each doubling from 16 bytes to 32 KiB: at most a fifth of a block above 64 bytes is waste. */
    public static SizeClasses geometric() {
        int[] sizes = new int[MAX_COUNT];
        int count = 0;
        for (int size = 16; size <= DEFAULT_LARGEST_BYTES; size += Math.max(16, Integer.highestOneBit(size) / 4)) {
            sizes[count++] = size;
        }
        return new SizeClasses(first(sizes, count));
    }

    /**
     * Reads a comma-separated ascending list of bytes; each is rounded up to a multiple of 16, equal ones become one.
     *
     * @throws IllegalArgumentException naming the entry that is wrong
     */
    public static SizeClasses parse(String text) {
        String[] entries = text.split(",", -1);
        int[] sizes = new int[entries.length];
        int count = 0;
        long previous = 0;
        for (String entry : entries) {
            long size = size(entry.trim(), previous);
            previous = size;
            int rounded = (int) Sizes.alignUp(size, 16);
            if (count == 0 || sizes[count - 1] != rounded) {
                sizes[count++] = rounded;
            }
        }
        if (count > MAX_COUNT) {
            throw new IllegalArgumentException("classes: " + count + " sizes (expected: at most " + MAX_COUNT + ")");
        }
        return new SizeClasses(first(sizes, count));
    }

    private static long size(String entry, long previous) {
        long size;
        try {
            size = Long.parseLong(entry);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("classes: '" + entry + "' (expected: bytes, as in 16,64,256)", e);
        }
        if (size <= previous || size > MAX_CLASS_BYTES) {
            throw new IllegalArgumentException(
                    "classes: " + entry + " (expected: ascending, from 1 to " + MAX_CLASS_BYTES + ")");
        }
        return size;
    }

    private static int[] first(int[] sizes, int count) {
        int[] result = new int[count];
        System.arraycopy(sizes, 0, result, 0, count);
        return result;
    }

    /** Of its arrays. */
    public long heldBytes() {
        return ArrayBytes.of(byteSizes) + ArrayBytes.of(classByGranules);
    }

    public int count() {
        return byteSizes.length;
    }

    public int byteSize(int sizeClass) {
        return byteSizes[sizeClass];
    }

    public int largestByteSize() {
        return byteSizes[byteSizes.length - 1];
    }

    /** The smallest class that holds {@code byteSize} bytes, from 0 to {@link #largestByteSize()}. */
    public int classOf(long byteSize) {
        return classByGranules[(int) ((byteSize + 15) >>> GRANULE_SHIFT)];
    }

    /** The smallest class that holds the bytes in blocks that are multiples of the alignment, or -1. */
    public int alignedClassOf(long byteSize, long byteAlignment) {
        for (int sizeClass = classOf(byteSize); sizeClass < byteSizes.length; sizeClass++) {
            if ((byteSizes[sizeClass] & byteAlignment - 1) == 0) {
                return sizeClass;
            }
        }
        return -1;
    }

    /** The largest power of two that divides every size. */
    public long commonAlignment() {
        int bits = 0;
        for (int size : byteSizes) {
            bits |= size;
        }
        return Integer.lowestOneBit(bits);
    }

    /** The largest power of two for which every size has a class: it divides the largest, where the search ends. */
    public long largestAlignment() {
        return Integer.lowestOneBit(largestByteSize());
    }
}
