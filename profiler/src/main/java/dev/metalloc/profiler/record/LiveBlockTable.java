// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The followed blocks that are live now, by address; any thread.
 *
 * <p>A block is put in after it was really allocated and taken out before it is really freed, so an address is in the table
 * at most once as long as every free is seen. An address that comes again without a free in between replaces its stale
 * self, and native code had freed that ({@link NativeFrees}). Most frees of a sampled run are of blocks that are not in the table: the filter tells that at the price of one load.
 */
/* Implementation notes
 *
 * Where a window of the slots is full, larger ones take their place for what comes; the blocks in the old ones stay until they are
 * freed, and are looked for there. Each are four times as many as the ones before, so that there are few to look at.
 */
final class LiveBlockTable {
    static final int SIZE = 0;
    static final int BIRTH_BYTES = 1;
    static final int BIRTH_NANOS = 2;
    static final int META = 3;
    /** {@link FreeOrder#mark} and {@link ChainMark}. */
    static final int ORDER_MARK = 4;

    static final int VALUES = 5;

    private static final int FIRST_LOG2 = 11;
    private static final int GROWTH_LOG2 = 2;
    /** 2^64 divided by the golden ratio: spreads the high bits of neighbouring addresses. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    /** To be asked before {@link #remove}. */
    final AddressFilter filter;

    final NativeFrees nativeFrees = new NativeFrees();

    private final long maxSlots;
    private final AtomicLong droppedCount = new AtomicLong();
    private final RecorderSpinLock growing = new RecorderSpinLock();
    /** Null where the table is to hold nothing. */
    private volatile @Nullable LiveBlockSlots newest;

    /** Makes room for about maxBlocks: there are never more than twice as many slots. */
    LiveBlockTable(int maxBlocks, AddressFilter filter) {
        this.filter = filter;
        this.maxSlots = 2L * maxBlocks;
        int firstLog2 = Math.min(FIRST_LOG2, Math.max(0, log2(maxSlots) - GROWTH_LOG2));
        this.newest = maxBlocks == 0 ? null : new LiveBlockSlots(firstLog2, nativeFrees, null);
    }

    /** Whether the address can be a block's: never true for null. */
    static boolean isAddress(long address) {
        return address != 0 && address != -1;
    }

    /** Those that new blocks go to: a guess that a thread may keep, since those of before are looked at as well. */
    @Nullable
    LiveBlockSlots newest() {
        return newest;
    }

    /** False, and counted, where the table is full. */
    boolean insert(long address, long byteSize, long birthBytes, long birthNanos, long meta, long orderMark) {
        return insert(address, byteSize, birthBytes, birthNanos, meta, orderMark, null);
    }

    /** The same for the newest block of the current thread, which it leaves unless the table is full; nothing is done where it was taken there. */
    @OutOfLine
    boolean insert(
            long address,
            long byteSize,
            long birthBytes,
            long birthNanos,
            long meta,
            long orderMark,
            @Nullable NewestBlock held) {
        filter.add(address);
        LiveBlockSlots slots = newest;
        int outcome = slots == null
                ? LiveBlockSlots.NO_ROOM
                : slots.insert(address, byteSize, birthBytes, birthNanos, meta, orderMark, held);
        if (outcome == LiveBlockSlots.NO_ROOM) {
            outcome = insertSlowly(slots, address, byteSize, birthBytes, birthNanos, meta, orderMark, held);
        }
        if (outcome != LiveBlockSlots.NEW) {
            filter.remove(address);
        }
        return outcome != LiveBlockSlots.NO_ROOM;
    }

    @OutOfLine
    private int insertSlowly(
            @Nullable LiveBlockSlots full,
            long address,
            long byteSize,
            long birthBytes,
            long birthNanos,
            long meta,
            long orderMark,
            @Nullable NewestBlock held) {
        LiveBlockSlots slots = full;
        LiveBlockSlots before = null;
        int outcome = LiveBlockSlots.NO_ROOM;
        while (slots != null && slots != before && outcome == LiveBlockSlots.NO_ROOM) {
            before = slots;
            slots = larger(slots);
            outcome = slots.insert(address, byteSize, birthBytes, birthNanos, meta, orderMark, held);
        }
        while (slots != null && outcome == LiveBlockSlots.NO_ROOM) {
            slots = slots.older; // there may be no more, but what was freed meanwhile is there
            outcome = slots == null
                    ? LiveBlockSlots.NO_ROOM
                    : slots.insert(address, byteSize, birthBytes, birthNanos, meta, orderMark, held);
        }
        if (outcome == LiveBlockSlots.NO_ROOM) {
            droppedCount.getAndIncrement();
        }
        return outcome;
    }

    /** The slots that take the place of these; the same where there may not be more. */
    @ReservedStack
    private LiveBlockSlots larger(LiveBlockSlots full) {
        growing.acquire();
        try {
            LiveBlockSlots current = newest;
            if (current != full && current != null) {
                return current;
            }
            long slots = 0;
            for (LiveBlockSlots old = full; old != null; old = old.older) {
                slots += 1L << old.log2();
            }
            int log2 = Math.min(full.log2() + GROWTH_LOG2, log2(maxSlots - slots));
            if (log2 < full.log2()) {
                return full;
            }
            LiveBlockSlots larger = new LiveBlockSlots(log2, nativeFrees, full);
            newest = larger;
            return larger;
        } finally {
            growing.release();
        }
    }

    /** Takes a block out and copies its values; false where it is not in the table. */
    @OutOfLine
    boolean remove(long address, long[] values) {
        for (LiveBlockSlots slots = newest; slots != null; slots = slots.older) {
            if (slots.remove(address, values)) {
                filter.remove(address);
                return true;
            }
        }
        return false;
    }

    /** The same for a block that its thread may be just putting in: waits for that. */
    boolean removeAwaiting(long address, long[] values) {
        for (LiveBlockSlots slots = newest; slots != null; slots = slots.older) {
            slots.awaitInserts(address);
        }
        return remove(address, values);
    }

    long droppedCount() {
        return droppedCount.get();
    }

    long heldBytes() {
        long bytes = filter.heldBytes();
        for (LiveBlockSlots slots = newest; slots != null; slots = slots.older) {
            bytes += slots.heldBytes();
        }
        return bytes;
    }

    static long hash(long address) {
        return address * SPREAD;
    }

    /** Of the largest power of two that is not larger; -1 where there is none. */
    private static int log2(long slots) {
        return slots <= 0 ? -1 : 63 - Long.numberOfLeadingZeros(slots);
    }
}
