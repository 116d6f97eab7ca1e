// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The followed blocks that are live now, by address; any thread.
 *
 * <p>A block is put in after it was really allocated and taken out before it is really freed, so an address is in the table
 * at most once as long as every free is seen. An address that comes again without a free in between replaces its stale
 * self. Most frees of a sampled run are of blocks that are not in the table: those find out without a lock.
 */
final class LiveBlockTable {
    static final int SIZE = 0;
    static final int BIRTH_BYTES = 1;
    static final int BIRTH_NANOS = 2;
    static final int META = 3;
    /** {@link FreeOrder#mark}. */
    static final int ORDER_MARK = 4;

    static final int VALUES = 5;

    private static final int SHARDS_LOG2 = 4;
    /** 2^64 divided by the golden ratio: spreads the high bits of neighbouring addresses. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final LiveBlockShard[] shards = new LiveBlockShard[1 << SHARDS_LOG2];
    private final AtomicLong droppedCount = new AtomicLong();
    /** To be asked before {@link #remove}. */
    final AddressFilter filter;
    /** Whether it is not worth a look without the lock: nearly all blocks are here. */
    private final boolean holdsAll;

    /** Makes room for about maxBlocks: a shard refuses more than its part, rounded up to a power of two. */
    LiveBlockTable(int maxBlocks, AddressFilter filter) {
        this.filter = filter;
        this.holdsAll = filter.isOpen();
        int maxInShard = (maxBlocks + shards.length - 1) >>> SHARDS_LOG2;
        for (int i = 0; i < shards.length; i++) {
            shards[i] = new LiveBlockShard(maxInShard, filter);
        }
    }

    /** Whether the address can be a block's: never true for null. */
    static boolean isAddress(long address) {
        return address != LiveBlockShard.EMPTY;
    }

    /** False, and counted, where the table is full. */
    boolean insert(long address, long byteSize, long birthBytes, long birthNanos, long meta, long orderMark) {
        if (shard(address).insert(address, byteSize, birthBytes, birthNanos, meta, orderMark)) {
            return true;
        }
        droppedCount.getAndIncrement();
        return false;
    }

    /** Takes a block out and copies its values; false where it is not in the table. */
    boolean remove(long address, long[] values) {
        LiveBlockShard shard = shard(address);
        return (holdsAll || shard.mayHold(address)) && shard.remove(address, values);
    }

    long droppedCount() {
        return droppedCount.get();
    }

    long heldBytes() {
        long bytes = filter.heldBytes();
        for (int i = 0; i < shards.length; i++) {
            bytes += shards[i].heldBytes();
        }
        return bytes;
    }

    static long hash(long address) {
        return address * SPREAD;
    }

    /** The bits of the hash that did not choose the shard, from the highest on. */
    static long hashInShard(long address) {
        return hash(address) << SHARDS_LOG2;
    }

    private LiveBlockShard shard(long address) {
        return shards[(int) (hash(address) >>> (64 - SHARDS_LOG2))];
    }
}
