// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The block that a thread allocated last, where all blocks are followed: kept out of the {@link LiveBlockTable} until the thread allocates or
 * frees another, since most that live for so short a time never need to be in it.
 *
 * <p>Its thread puts it in and takes it out; any other thread may take it, once it frees the block and has not found it in the table. As a
 * number it is the block's address: that saves a hot path two loads.
 */
/* Implementation notes
 *
 * The values are written after the address of the block before is gone, and before the new address. Another thread reads the address, the
 * values, and the address again by a compare-and-set: while it is the same the values were its own, since the one who frees a block is
 * here before the address can come again.
 *
 * The owner takes no compare-and-set but the table's own. It takes the address from here once it has claimed a slot of the table, and before
 * the block is in it, so that who looks here and finds nothing finds the block there, or a claimed slot to wait for. Where another thread has taken
 * the block before that, the slot is given up as it was. Where one takes it between the owner's look and its next step, the block does go to the
 * table: so whoever takes one looks there once more, and waits for slots that are claimed.
 */
@SuppressWarnings("serial") // nobody writes one
final class NewestBlock extends AtomicLong {
    private static final long NOTHING = -1;

    private long byteSize;
    private long birthBytes;
    private long birthNanos;
    private long meta;
    private long liveCount;

    NewestBlock() {
        super(NOTHING);
    }

    /** Owner only, and only after the one before is gone. The number of live blocks has this one in it. */
    void hold(long address, long byteSize, long birthBytes, long birthNanos, long meta, long liveCount) {
        VarHandle.storeStoreFence();
        this.byteSize = byteSize;
        this.birthBytes = birthBytes;
        this.birthNanos = birthNanos;
        this.meta = meta;
        this.liveCount = liveCount;
        setRelease(address);
    }

    /** Owner only. */
    boolean isEmpty() {
        return getPlain() == NOTHING;
    }

    /** Owner only: whether this is the block; what is no address never is. */
    boolean is(long address) {
        return getPlain() == address && address != NOTHING;
    }

    /** Owner only, as are those below. */
    long address() {
        return getPlain();
    }

    long byteSize() {
        return byteSize;
    }

    long birthBytes() {
        return birthBytes;
    }

    long birthNanos() {
        return birthNanos;
    }

    long meta() {
        return meta;
    }

    long liveCount() {
        return liveCount;
    }

    /** Owner only, which frees the block itself. */
    void clear() {
        setRelease(NOTHING);
    }

    /** Owner only, which has claimed a slot of the table for the block; false where another thread has taken that meanwhile. */
    boolean leave() {
        boolean isHeld = get() != NOTHING;
        setRelease(NOTHING);
        return isHeld;
    }

    /** Owner only, where the table has no room for the block; false where another thread has taken that meanwhile. */
    boolean drop() {
        return getAndSet(NOTHING) != NOTHING;
    }

    /**
     * Takes the block away from its thread, and copies its values in the order of the {@link LiveBlockTable}; any other thread. It may be on its
     * way to the table, and is to be taken out of there as well: {@link LiveBlockTable#removeAwaiting}.
     */
    boolean take(long address, long[] into) {
        if (getAcquire() != address || address == NOTHING) {
            return false;
        }
        into[LiveBlockTable.SIZE] = byteSize;
        into[LiveBlockTable.BIRTH_BYTES] = birthBytes;
        into[LiveBlockTable.BIRTH_NANOS] = birthNanos;
        into[LiveBlockTable.META] = meta;
        into[LiveBlockTable.ORDER_MARK] = ChainMark.NONE;
        return compareAndSet(address, NOTHING);
    }
}
