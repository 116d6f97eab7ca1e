// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
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
     * for a rehash. A block may lie in any level, in one of the PROBES slots from its home. Blocks go into the largest
     * level, and a larger one is added as soon as a block finds no slot there; the smaller ones then drain, and are only
     * used again when there may be no larger one. Searches begin with the largest level, where nearly all blocks are.
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

    /** Two cache lines of keys; blocks begin to find no slot when a level is about two thirds full. */
    private static final int PROBES = 16;

    private static final int FIRST_LEVEL_LOG2 = 14;
    private static final int SLOT_BYTES = (1 + VALUES) * Long.BYTES;

    private final AtomicReferenceArray<@Nullable Level> levels;
    private final AtomicLong droppedCount = new AtomicLong();
    private final AtomicReference<@Nullable Level> largest = new AtomicReference<>();

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
        Level level = largest.get();
        while (true) {
            int slot = level == null ? -1 : level.claim(address);
            if (level != null && slot >= 0) {
                level.put(slot, address, byteSize, birthBytes, birthNanos, meta, sequence);
                return true;
            }
            level = largerThan(level);
            if (level == null) {
                return insertInSmaller(address, byteSize, birthBytes, birthNanos, meta, sequence);
            }
        }
    }

    private boolean insertInSmaller(
            long address, long byteSize, long birthBytes, long birthNanos, long meta, long sequence) {
        for (int i = levels.length() - 2; i >= 0; i--) {
            Level level = levels.get(i);
            int slot = level == null ? -1 : level.claim(address);
            if (level != null && slot >= 0) {
                level.put(slot, address, byteSize, birthBytes, birthNanos, meta, sequence);
                return true;
            }
        }
        droppedCount.getAndIncrement();
        return false;
    }

    /** The next level, added where it is not there yet; null where there may be none. */
    private @Nullable Level largerThan(@Nullable Level level) {
        int index = level == null ? 0 : level.index + 1;
        return index < levels.length() ? addLevel(index) : null;
    }

    /** Takes a block out and copies its values; false where it is not in the table. */
    boolean remove(long address, long[] values) {
        Level level = largest.get();
        if (level == null || !isAddress(address)) {
            return false;
        }
        if (level.remove(address, values)) {
            return true;
        }
        for (int i = level.index - 1; i >= 0; i--) {
            Level smaller = levels.getAcquire(i);
            if (smaller != null && smaller.remove(address, values)) {
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
        Level added = new Level(index);
        Level other = levels.compareAndExchange(index, null, added);
        Level there = other == null ? added : other;
        Level before = largest.get();
        while ((before == null || before.index < index) && !largest.compareAndSet(before, there)) {
            before = largest.get();
        }
        return there;
    }

    private static final class Level {
        /** 2^64 divided by the golden ratio: spreads the high bits of neighbouring addresses. */
        private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

        final int index;
        final AtomicLongArray keys;
        private final long[] values;
        private final int mask;
        private final int shift;

        Level(int index) {
            int log2 = FIRST_LEVEL_LOG2 + index;
            this.index = index;
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

        void put(int slot, long address, long byteSize, long birthBytes, long birthNanos, long meta, long sequence) {
            int at = slot * VALUES;
            values[at + SIZE] = byteSize;
            values[at + BIRTH_BYTES] = birthBytes;
            values[at + BIRTH_NANOS] = birthNanos;
            values[at + META] = meta;
            values[at + SEQUENCE] = sequence;
            keys.setRelease(slot, address);
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
