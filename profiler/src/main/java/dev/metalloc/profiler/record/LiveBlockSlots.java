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
 */
final class LiveBlockSlots {
    private static final long EMPTY = 0;
    private static final long BUSY = -1;

    /** What becomes of a block that is put in. */
    static final int NO_ROOM = 0;

    static final int NEW = 1;
    /** In place of a stale block of that address. */
    static final int REPLACED = 2;

    /** Where a table is half full, hardly any window is full. */
    private static final int WINDOW = 32;

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

    int insert(long address, long byteSize, long birthBytes, long birthNanos, long meta, long orderMark) {
        int mask = (1 << log2) - 1;
        int home = home(address);
        for (int i = 0; i < WINDOW; i++) {
            int at = (home + i) & mask;
            long key = keys.getOpaque(at);
            if ((key == EMPTY || key == address) && keys.compareAndSet(at, key, BUSY)) {
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
