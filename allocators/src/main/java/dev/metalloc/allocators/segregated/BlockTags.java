// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.source.OffHeapMemory;
import dev.metalloc.allocators.source.RecordBytes;

/**
 * Says where blocks begin and end: a byte for each granule of 16 bytes, in memory of its own, out of the blocks' reach.
 *
 * <p>Confined. Source: boundary tags (Knuth, The Art of Computer Programming 1, 2.5), moved out of the blocks.
 */
/* Implementation notes
 *
 * Only the first and the last granules of a block have tags, so a block's neighbours are known from the bytes right before and
 * behind its own; all other bytes are 0.
 *
 *   1nnnnnnn  a live block starts here, of the size numbered n - 1; n == 0: of more granules, see below
 *   0nnnnnnn  a block held for its next use starts here, of the size numbered n - 1, below 95
 *   0111gggg  a free block of g granules starts here; g == 0: of 16 or more
 *   0110gggg  a free block of g granules ends here; g == 0: of 16 or more. One of a single granule has the other tag alone
 *
 * Sizes that do not fit stand beside the tag, 6 bits in each of 5 bytes, so that no byte of them says that a block is live or free.
 * Tag and size are one word, behind a start or before an end, in the order of little-endian machines.
 */
final class BlockTags {

    /** A number and 1 have to be less than any tag of free blocks. */
    static final int MOST_NUMBERS = 0x5f;
    /** Blocks of any of these have room for a word. */
    static final int LEAST_UNNUMBERED = 16;

    private static final int LIVE = 0x80;
    private static final int NUMBER_MASK = 0x7f;
    private static final int FREE_START = 0x70;
    private static final int FREE_END = 0x60;
    private static final int KIND_SHIFT = 4;
    private static final int SHORT_MASK = 15;
    private static final int ONE_GRANULE = FREE_START | 1;

    /** From the tag of a free block to that of a held one. */
    private static final int SEEN = 0x20;

    /** Where the size is in a word that begins with a tag, and in one that ends with a tag. */
    private static final int SIZE_SHIFT = 8;

    private static final int SIZE_SHIFT_BEFORE_END = 16;

    /** A load waits for a store to an address with the same low twelve bits: blocks must not be so alike to their tags. */
    private static final int SKEW_BYTES = 33 * 64;

    private final RecordBytes bytes;
    private final long first;

    BlockTags(int granules) {
        bytes = granules == 0 ? RecordBytes.NONE : RecordBytes.reserve(SKEW_BYTES + granules + Long.BYTES);
        first = bytes.address() + SKEW_BYTES;
    }

    /** Whether there was memory to be had for tags; none must be read else. */
    boolean exist() {
        return bytes.address() != 0;
    }

    /** Sees to it that tags below a granule may be written; false where memory ran out. */
    boolean reach(int end) {
        return bytes.makeWritable(SKEW_BYTES + end + (long) Long.BYTES);
    }

    /** Bytes that may have memory behind them. */
    long reachedBytes() {
        return bytes.reachedBytes();
    }

    int tag(int granule) {
        return OffHeapMemory.readByte(first + granule);
    }

    static boolean isLive(int tag) {
        return tag < 0;
    }

    /** Whether the tag is of a block that starts with it, live or not. */
    static boolean isStart(int tag) {
        return tag != 0 && tag >> KIND_SHIFT != FREE_END >> KIND_SHIFT;
    }

    /** The number of the size of a live or held block, or -1 where it has none. */
    static int number(int tag) {
        return (tag & NUMBER_MASK) - 1;
    }

    void setLive(int start, int number) {
        OffHeapMemory.writeByte(first + start, (byte) (LIVE | (number + 1)));
    }

    void setHeld(int start, int number) {
        OffHeapMemory.writeByte(first + start, (byte) (number + 1));
    }

    void clearNumbered(int start) {
        OffHeapMemory.writeByte(first + start, (byte) 0);
    }

    void setLiveUnnumbered(int start, int granules) {
        OffHeapMemory.writeLong(first + start, (spread(granules) << SIZE_SHIFT) | LIVE);
    }

    void clearUnnumbered(int start) {
        OffHeapMemory.writeLong(first + start, 0);
    }

    int unnumberedGranules(int start) {
        return gather(OffHeapMemory.readLong(first + start) >>> SIZE_SHIFT);
    }

    /** The granules of the free block that starts at a granule, or 0. */
    int freeFrom(int start) {
        int tag = tag(start);
        if (tag >> KIND_SHIFT != FREE_START >> KIND_SHIFT) {
            return 0;
        }
        int granules = tag & SHORT_MASK;
        return granules != 0 ? granules : gather(OffHeapMemory.readLong(first + start) >>> SIZE_SHIFT);
    }

    /** The granules of the free block that ends before a granule, or 0. */
    int freeBefore(int end) {
        int tag = tag(end - 1);
        if (tag >> KIND_SHIFT != FREE_END >> KIND_SHIFT && tag != ONE_GRANULE) {
            return 0;
        }
        int granules = tag & SHORT_MASK;
        return granules != 0
                ? granules
                : gather(OffHeapMemory.readLong(first + end - Long.BYTES) >>> SIZE_SHIFT_BEFORE_END);
    }

    void setFree(int start, int granules) {
        long start0 = first + start;
        long end = start0 + granules;
        if (granules <= SHORT_MASK) {
            // In this order: both are the same byte where there is but one.
            OffHeapMemory.writeByte(end - 1, (byte) (FREE_END | granules));
            OffHeapMemory.writeByte(start0, (byte) (FREE_START | granules));
        } else {
            long size = spread(granules);
            OffHeapMemory.writeLong(start0, (size << SIZE_SHIFT) | FREE_START);
            OffHeapMemory.writeLong(
                    end - Long.BYTES, (size << SIZE_SHIFT_BEFORE_END) | ((long) FREE_END << (Long.SIZE - Byte.SIZE)));
        }
    }

    void clearFree(int start, int granules) {
        long start0 = first + start;
        long end = start0 + granules;
        if (granules <= SHORT_MASK) {
            OffHeapMemory.writeByte(end - 1, (byte) 0);
            OffHeapMemory.writeByte(start0, (byte) 0);
        } else {
            OffHeapMemory.writeLong(start0, 0);
            OffHeapMemory.writeLong(end - Long.BYTES, 0);
        }
    }

    /** Makes a free block's start look as none, and back again. */
    void flipSeen(int start) {
        OffHeapMemory.writeByte(first + start, (byte) (tag(start) ^ SEEN));
    }

    /** 30 bits as 6 in each byte. */
    private static long spread(int granules) {
        long parts = (granules & 0xfff) | ((granules & 0xfff000L) << 4) | ((granules & 0x3f000000L) << 8);
        return (parts & 0x3f003f003fL) | ((parts & 0xfc00fc00fc0L) << 2);
    }

    private static int gather(long size) {
        long parts = (size & 0x3f003f003fL) | ((size & 0x3f003f003f00L) >>> 2);
        return (int) ((parts & 0xfff) | ((parts & 0xfff0000L) >>> 4) | ((parts & 0x3f00000000L) >>> 8));
    }

    /** Gives back the memory behind the tags between two granules, which must be 0, as far as it fills pages. */
    void discard(int from, int to) {
        if (exist()) {
            bytes.discard(SKEW_BYTES + (long) from, SKEW_BYTES + (long) to);
        }
    }

    void release() {
        bytes.release();
    }
}
