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
 * The owner takes no compare-and-set. It puts a block into the table before it takes the address from here, so that who looks here and finds
 * nothing finds it there. Where another thread has freed the block in the middle of that, the owner takes it out of the table again; one
 * in the few nanoseconds after it has looked stays there, until the next of its address replaces it.
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

    /** Owner only, and only after the one before was {@link #clear}ed. The number of live blocks has this one in it. */
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

    /** Owner only; false where another thread has taken the block meanwhile. */
    boolean clear() {
        boolean isHeld = getAcquire() != NOTHING;
        setRelease(NOTHING);
        return isHeld;
    }

    /** Takes the block away from its thread, and copies its values in the order of the {@link LiveBlockTable}; any other thread. */
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
