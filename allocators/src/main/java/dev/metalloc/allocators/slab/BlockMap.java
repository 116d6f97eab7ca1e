// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.source.OffHeapMemory;
import dev.metalloc.allocators.source.RecordBytes;

/**
 * Says where the live blocks of a region start: a byte for each granule, which is no larger than the smallest block.
 *
 * <p>Any thread may read; the owner of a slab writes the bytes of its blocks.
 */
/* Implementation notes
 *
 * Reads are plain: a byte said "live" before the block's address was handed to the reading thread, and changes only when
 * the block is freed. At most one block starts in a granule, the largest power of two not above the smallest size; its byte says
 * in which sixteen bytes of it, counted from 1. But the bytes of a slab fill a pair of cache lines, since slabs side by side may belong to
 * two threads.
 *
 * A load waits for an earlier store to an address with the same low twelve bits. The first blocks of a region, which serve most,
 * must not be so alike to their bytes: hence the skew, without which a pair took two to three times as long.
 */
final class BlockMap {

    /** Of no region. */
    static final BlockMap NONE = new BlockMap(RecordBytes.NONE, 0, 4);

    /** Blocks start at multiples of 16 bytes. */
    private static final int UNIT_SHIFT = 4;

    private static final int UNIT_MASK = (1 << UNIT_SHIFT) - 1;
    /** The bytes of a slab are 2^7 at least. */
    private static final int SLAB_GRANULES_SHIFT = 7;

    /** An odd number of cache lines, about half a page. */
    private static final int SKEW_BYTES = 33 * 64;

    private final RecordBytes bytes;
    private final long base;
    private final int granuleShift;
    private final int unitsMask;

    /** @param base where the region begins */
    BlockMap(RecordBytes bytes, long base, int granuleShift) {
        this.bytes = bytes;
        this.base = base;
        this.granuleShift = granuleShift;
        this.unitsMask = (1 << (granuleShift - UNIT_SHIFT)) - 1;
    }

    static BlockMap of(SizeClasses classes, long slabBytes, long base, long regionBytes) {
        int most = Math.max(UNIT_SHIFT, Sizes.log2(slabBytes) - SLAB_GRANULES_SHIFT);
        int shift = Math.min(Sizes.log2(Long.highestOneBit(classes.byteSize(0))), most);
        return new BlockMap(RecordBytes.reserve(SKEW_BYTES + (regionBytes >>> shift)), base, shift);
    }

    int granuleShift() {
        return granuleShift;
    }

    /** Where the byte of granule 0 lies. */
    long address() {
        return bytes.address() + SKEW_BYTES;
    }

    /** Granules that have a byte; 0 where no memory was to be had. */
    long granules() {
        return Math.max(0, bytes.byteSize() - SKEW_BYTES);
    }

    /** Of how many times sixteen bytes a granule is, less one. */
    int unitsMask() {
        return unitsMask;
    }

    /** Bytes that may have memory behind them. */
    long reachedBytes() {
        return bytes.reachedBytes();
    }

    /** What the byte says of a live block at an address; never 0, and 0 stands for no block. */
    static byte markFor(long blockAddress, int unitsMask) {
        return (byte) (((int) (blockAddress >>> UNIT_SHIFT) & unitsMask) + 1);
    }

    /** Whether blocks may start at an address. */
    static boolean isAligned(long address) {
        return (address & UNIT_MASK) == 0;
    }

    /** What is said of the granule that an address lies in: 0, or where in it a block starts. */
    int markAt(long address) {
        return OffHeapMemory.readByte(byteOf(address));
    }

    /** Whether a live block starts at an address, a multiple of 16. */
    boolean isLive(long address) {
        return markAt(address) == markFor(address, unitsMask);
    }

    void set(long blockAddress) {
        OffHeapMemory.writeByte(byteOf(blockAddress), markFor(blockAddress, unitsMask));
    }

    void clear(long blockAddress) {
        OffHeapMemory.writeByte(byteOf(blockAddress), (byte) 0);
    }

    private long byteOf(long blockAddress) {
        return bytes.address() + offsetOf(blockAddress);
    }

    private long offsetOf(long address) {
        return SKEW_BYTES + ((address - base) >>> granuleShift);
    }

    /** Sees to it that the bytes of the blocks below an address may be written; false where memory ran out. */
    boolean reach(long end) {
        return bytes.makeWritable(offsetOf(end));
    }

    /** Gives back the memory behind the bytes of a slab without live blocks, as far as it fills pages. */
    void discard(long from, long to) {
        bytes.discard(offsetOf(from), offsetOf(to));
    }

    void release() {
        bytes.release();
    }
}
