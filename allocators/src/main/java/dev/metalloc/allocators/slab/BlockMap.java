// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.source.OffHeapMemory;
import dev.metalloc.allocators.source.RecordBytes;

/**
 * Says where the live blocks of a region start and of which class they are: a byte for each granule.
 *
 * <p>Any thread may read; the owner of a slab writes the bytes of its blocks.
 */
/* Implementation notes
 *
 * Reads are plain: a byte said "live" before the block's address was handed to the reading thread, and changes only when
 * the block is freed. All blocks start at multiples of the granule, the largest power of two that divides all sizes, but
 * the bytes of a slab fill a pair of cache lines, since slabs side by side may belong to two threads.
 *
 * A load waits for an earlier store to an address with the same low twelve bits. The first blocks of a region, which serve most,
 * must not be so alike to their bytes: hence the skew, without which a pair took two to three times as long.
 */
final class BlockMap {

    /** Of no region. */
    static final BlockMap NONE = new BlockMap(RecordBytes.NONE, 0, 4);

    private static final int LEAST_SHIFT = 4;
    /** The bytes of a slab are 2^7 at least. */
    private static final int SLAB_GRANULES_SHIFT = 7;

    /** An odd number of cache lines, about half a page. */
    private static final int SKEW_BYTES = 33 * 64;

    private final RecordBytes bytes;
    private final long base;
    private final int granuleShift;

    /** @param base where the region begins */
    BlockMap(RecordBytes bytes, long base, int granuleShift) {
        this.bytes = bytes;
        this.base = base;
        this.granuleShift = granuleShift;
    }

    static BlockMap of(SizeClasses classes, long slabBytes, long base, long regionBytes) {
        int most = Math.max(LEAST_SHIFT, Sizes.log2(slabBytes) - SLAB_GRANULES_SHIFT);
        int shift = Math.min(Sizes.log2(classes.commonAlignment()), most);
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

    /** What is said of the block at an address: 0 nothing, or its class + 1. */
    int markOf(long blockAddress) {
        return OffHeapMemory.readByte(byteOf(blockAddress));
    }

    boolean isLive(long blockAddress) {
        return markOf(blockAddress) != 0;
    }

    void set(long blockAddress, int sizeClass) {
        OffHeapMemory.writeByte(byteOf(blockAddress), (byte) (sizeClass + 1));
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
