// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** The slots of one capacity of the {@link LiveBlockTable}; any thread, no locks. */
/* Implementation notes
 *
 * A block lies in one of the WINDOW slots from its home on, in the first that was free. Nothing is ever moved, so no search can miss
 * what is there. One that finds nothing has looked as far as any block ever was put from its home, which is a few slots as long as there
 * are few: the reach is written before the block is.
 *
 * A key goes from EMPTY to BUSY to the block's address, and back to EMPTY. Whoever made it BUSY owns the slot and its values, until the
 * address is in it; from then on whoever may free the block does. That is one thread, since each block is freed once, so it takes no
 * compare-and-set to take a block out. Of a program that frees one twice at the same time, two frees may be counted.
 *
 * A thread's newest block leaves that thread while its slot is BUSY: see NewestBlock.
 */
final class LiveBlockSlots {
    private static final long EMPTY = 0;
    private static final long BUSY = -1;
    /** BUSY for so long that nobody waits for it any more: its thread's stack overflowed, say, in the middle. */
    private static final long ABANDONED = Long.MIN_VALUE;

    /** What becomes of a block that is put in. */
    static final int NO_ROOM = 0;

    static final int NEW = 1;
    /** In place of a stale block of that address. */
    static final int REPLACED = 2;
    /** Not put in: another thread has freed it meanwhile. */
    static final int TAKEN = 3;

    /** Where a table is half full, hardly any window is full. */
    private static final int WINDOW = 32;

    /** A slot is BUSY for a few nanoseconds, or until its thread has a core again. */
    private static final long MAX_WAIT_NANOS = 1_000_000_000L;

    private final int log2;
    private final NativeFrees nativeFrees;
    private final AtomicInteger reach = new AtomicInteger();
    private final AtomicLongArray keys;
    private final long[] values;
    /** Those that were there before, and may hold blocks still. */
    final @Nullable LiveBlockSlots older;

    LiveBlockSlots(int log2, NativeFrees nativeFrees, @Nullable LiveBlockSlots older) {
        this.log2 = log2;
        this.nativeFrees = nativeFrees;
        this.older = older;
        this.keys = new AtomicLongArray(1 << log2);
        this.values = new long[LiveBlockTable.VALUES << log2];
    }

    /** @param newest where the block is the newest of the current thread, which it leaves unless there is no room */
    int insert(
            long address,
            long byteSize,
            long birthBytes,
            long birthNanos,
            long meta,
            long orderMark,
            @Nullable NewestBlock newest) {
        int mask = (1 << log2) - 1;
        int home = home(address);
        for (int i = 0; i < WINDOW; i++) {
            int at = (home + i) & mask;
            long key = keys.getOpaque(at);
            if ((key == EMPTY || key == address) && keys.compareAndSet(at, key, BUSY)) {
                if (newest != null && !newest.leave()) {
                    keys.setRelease(at, key);
                    return TAKEN;
                }
                int value = at * LiveBlockTable.VALUES;
                if (key == address) {
                    nativeFrees.add(BlockMeta.entryPoint(values[value + LiveBlockTable.META]));
                }
                values[value + LiveBlockTable.SIZE] = byteSize;
                values[value + LiveBlockTable.BIRTH_BYTES] = birthBytes;
                values[value + LiveBlockTable.BIRTH_NANOS] = birthNanos;
                values[value + LiveBlockTable.META] = meta;
                values[value + LiveBlockTable.ORDER_MARK] = orderMark;
                if (i >= reach.getPlain()) {
                    reachFor(i + 1);
                }
                keys.setRelease(at, address);
                return key == EMPTY ? NEW : REPLACED;
            }
        }
        return NO_ROOM;
    }

    /** Takes a block out and copies its values; false where it is not here. */
    @SuppressWarnings("ManualArrayCopy") // of so few values, faster than the JDK's way
    boolean remove(long address, long[] into) {
        if (!LiveBlockTable.isAddress(address)) {
            return false;
        }
        int mask = (1 << log2) - 1;
        int home = home(address);
        int end = reach.getOpaque();
        for (int i = 0; i < end; i++) {
            int at = (home + i) & mask;
            if (keys.getAcquire(at) == address) {
                int value = at * LiveBlockTable.VALUES;
                for (int column = 0; column < LiveBlockTable.VALUES; column++) {
                    into[column] = values[value + column];
                }
                keys.setRelease(at, EMPTY);
                return true;
            }
        }
        return false;
    }

    /** Waits until blocks that are just being put in are there, where one of them may have the address. */
    void awaitInserts(long address) {
        int mask = (1 << log2) - 1;
        int home = home(address);
        for (int i = 0; i < WINDOW; i++) {
            int at = (home + i) & mask;
            if (keys.get(at) == BUSY) {
                awaitInsert(at);
            }
        }
    }

    private void awaitInsert(int at) {
        long begin = System.nanoTime();
        while (keys.get(at) == BUSY) {
            RecorderSpinLock.awaitTurn();
            if (System.nanoTime() - begin > MAX_WAIT_NANOS) {
                keys.compareAndSet(at, BUSY, ABANDONED);
            }
        }
    }

    @OutOfLine
    private void reachFor(int slots) {
        int seen = reach.get();
        while (slots > seen && !reach.compareAndSet(seen, slots)) {
            seen = reach.get();
        }
    }

    int log2() {
        return log2;
    }

    long heldBytes() {
        return ((1L + LiveBlockTable.VALUES) * Long.BYTES) << log2;
    }

    private int home(long address) {
        return (int) (LiveBlockTable.hash(address) >>> 1 >>> (63 - log2));
    }
}
