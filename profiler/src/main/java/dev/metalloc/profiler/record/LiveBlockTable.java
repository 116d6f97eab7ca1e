// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that are live now, by address; lock-free, any thread.
 *
 * <p>A block is put in after it was really allocated and taken out before it is really freed, so an address is in the table
 * at most once as long as every free is seen. An address that comes again without a free in between replaces its stale
 * self where the two meet.
 */
final class LiveBlockTable {
    /*
     * Implementation notes.
     *
     * Levels of open addressing, each twice as large as the one before; a level is never moved or shrunk, so nobody waits
     * for a rehash. A block may lie in any level, in one of the PROBES slots from its home.
     *
     * A slot's key is EMPTY -> BUSY -> address -> BUSY -> TOMBSTONE -> BUSY -> ... Whoever turned it BUSY by CAS owns the
     * values until the next release of the key. The release pairs with the CAS (acquire) of the one who takes it out.
     *
     * A slot never becomes EMPTY again: an inserter may have passed it. Searches for what is not there therefore cost up
     * to PROBES per level; searches for what is there stay short, because insertion takes the first free slot.
     */
    static final int SIZE = 0;
    static final int BIRTH_BYTES = 1;
    static final int BIRTH_NANOS = 2;
    static final int META = 3;
    static final int SEQUENCE = 4;
    static final int VALUES = 5;

    private static final long EMPTY = 0;
    private static final long BUSY = 1;
    private static final long TOMBSTONE = 2;

    private static final int PROBES = 32;
    private static final int FIRST_LEVEL_LOG2 = 14;
    private static final int SLOT_BYTES = (1 + VALUES) * Long.BYTES;

    private final AtomicReferenceArray<@Nullable Level> levels;
    private final AtomicLong droppedCount = new AtomicLong();

    /** Makes room for maxBlocks over all levels, rounded down to whole levels; for one level at least unless it is 0. */
    LiveBlockTable(int maxBlocks) {
        int count = maxBlocks == 0 ? 0 : 1;
        while (count > 0 && slotsOf(count + 1) <= maxBlocks) {
            count++;
        }
        levels = new AtomicReferenceArray<>(count);
    }

    /** Whether the address can be a block's: never true for null. */
    static boolean isAddress(long address) {
        return address != EMPTY && address != BUSY && address != TOMBSTONE;
    }

    /** False, and counted, where the table is full. */
    boolean insert(long address, long byteSize, long birthBytes, long birthNanos, long meta, long sequence) {
        for (int i = 0; i < levels.length(); i++) {
            Level level = levels.getAcquire(i);
            if (level == null) {
                level = addLevel(i);
            }
            int slot = level.claim(address);
            if (slot >= 0) {
                level.fill(slot, byteSize, birthBytes, birthNanos, meta, sequence);
                level.keys.setRelease(slot, address);
                return true;
            }
        }
        droppedCount.getAndIncrement();
        return false;
    }

    /** Takes a block out and copies its values; false where it is not in the table. */
    boolean remove(long address, long[] values) {
        if (!isAddress(address)) {
            return false;
        }
        for (int i = 0; i < levels.length(); i++) {
            Level level = levels.getAcquire(i);
            if (level == null) {
                return false;
            }
            if (level.remove(address, values)) {
                return true;
            }
        }
        return false;
    }

    long droppedCount() {
        return droppedCount.get();
    }

    long heldBytes() {
        int count = 0;
        while (count < levels.length() && levels.get(count) != null) {
            count++;
        }
        return slotsOf(count) * SLOT_BYTES;
    }

    private static long slotsOf(int levelCount) {
        return ((1L << levelCount) - 1) << FIRST_LEVEL_LOG2;
    }

    private Level addLevel(int index) {
        Level added = new Level(FIRST_LEVEL_LOG2 + index);
        Level other = levels.compareAndExchange(index, null, added);
        return other == null ? added : other;
    }

    private static final class Level {
        /** 2^64 divided by the golden ratio: spreads the high bits of neighbouring addresses. */
        private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

        final AtomicLongArray keys;
        private final long[] values;
        private final int mask;
        private final int shift;

        Level(int log2) {
            keys = new AtomicLongArray(1 << log2);
            values = new long[VALUES << log2];
            mask = (1 << log2) - 1;
            shift = 64 - log2;
        }

        int claim(long address) {
            int home = home(address);
            for (int probe = 0; probe < PROBES; probe++) {
                int slot = (home + probe) & mask;
                long key = keys.get(slot);
                boolean free = key == EMPTY || key == TOMBSTONE || key == address;
                if (free && keys.compareAndSet(slot, key, BUSY)) {
                    return slot;
                }
            }
            return -1;
        }

        void fill(int slot, long byteSize, long birthBytes, long birthNanos, long meta, long sequence) {
            int at = slot * VALUES;
            values[at + SIZE] = byteSize;
            values[at + BIRTH_BYTES] = birthBytes;
            values[at + BIRTH_NANOS] = birthNanos;
            values[at + META] = meta;
            values[at + SEQUENCE] = sequence;
        }

        boolean remove(long address, long[] into) {
            int home = home(address);
            for (int probe = 0; probe < PROBES; probe++) {
                int slot = (home + probe) & mask;
                long key = keys.get(slot);
                if (key == EMPTY) {
                    return false;
                }
                if (key == address && keys.compareAndSet(slot, address, BUSY)) {
                    System.arraycopy(values, slot * VALUES, into, 0, VALUES);
                    keys.setRelease(slot, TOMBSTONE);
                    return true;
                }
            }
            return false;
        }

        private int home(long address) {
            return (int) ((address * SPREAD) >>> shift);
        }
    }
}
