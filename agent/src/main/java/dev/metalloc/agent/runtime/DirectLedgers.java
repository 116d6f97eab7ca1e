// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.allocators.concurrent.OwnerThread;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The ledgers of all platform threads, carriers of virtual threads among them.
 *
 * <p>Any thread. A thread that finds no place in the table is served by the JDK's account.
 */
public final class DirectLedgers {

    private static final int SLOT_COUNT = 4096;

    /** The JDK tries again for half a second and some collections, and recalls each time. */
    private static final long SCARCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReservedMemory memory;
    private final @Nullable DirectLedger[] slots = new DirectLedger[SLOT_COUNT];

    /** Guarded by this object's lock. */
    private boolean scarce;

    private long scarceUntilNanos;

    public DirectLedgers(ReservedMemory memory) {
        this.memory = memory;
    }

    /** Reserves a buffer's bytes from the thread's credit; false where the JDK's account is to. */
    public boolean take(long byteSize) {
        if (byteSize > DirectLedger.MAX_BYTES || byteSize <= 0) {
            return false;
        }
        DirectLedger ledger = current();
        return ledger != null && ledger.take(byteSize);
    }

    /** Bytes that the thread may reserve together with a buffer's, to {@link #add} them to its credit. */
    public long advance(long byteSize) {
        if (byteSize > DirectLedger.MAX_BYTES || byteSize <= 0 || !memory.isAmple()) {
            return 0;
        }
        DirectLedger ledger = current();
        if (ledger == null) {
            return 0;
        }
        return ledger.isRecalled() && !serveAgain(ledger) ? 0 : DirectLedger.QUANTUM_BYTES;
    }

    /** Lets a thread hold credit again, once no other is waiting for memory. */
    private synchronized boolean serveAgain(DirectLedger ledger) {
        if (isScarce() || !memory.isAmple()) {
            return false;
        }
        ledger.setRecalled(false);
        return true;
    }

    private boolean isScarce() {
        scarce = scarce && System.nanoTime() - scarceUntilNanos < 0;
        return scarce;
    }

    /** Adds bytes that were reserved. */
    public void add(long byteSize) {
        DirectLedger ledger = current();
        if (ledger == null || !ledger.add(byteSize)) {
            memory.giveBack(byteSize);
        }
    }

    /** Keeps a freed buffer's bytes for the thread's next ones; false where the JDK's account is to have them. */
    public boolean keep(long byteSize) {
        if (byteSize > DirectLedger.MAX_BYTES || byteSize <= 0) {
            return false;
        }
        DirectLedger ledger = current();
        return ledger != null && (ledger.keep(byteSize) || keepSlow(ledger, byteSize));
    }

    private boolean keepSlow(DirectLedger ledger, long byteSize) {
        if (ledger.isRecalled()) {
            // A virtual thread that waited for the lock may have changed carriers: its ledger is another one then.
            DirectLedger again = serveAgain(ledger) ? current() : null;
            return again != null && again.keep(byteSize);
        }
        long excess = ledger.takeExcess();
        if (excess > 0) {
            memory.giveBack(excess);
        }
        return false;
    }

    /** Where the thread keeps its buffers' owners, or null. */
    public @Nullable BufferOwners owners() {
        DirectLedger ledger = current();
        return ledger == null ? null : ledger.owners;
    }

    /** Gives all threads' credit back, and for a while lets none have any: the JDK is about to refuse a reservation. */
    public synchronized void recall() {
        scarce = true;
        scarceUntilNanos = System.nanoTime() + SCARCE_NANOS;
        boolean isNew = false;
        for (DirectLedger ledger : slots) {
            if (ledger != null && !ledger.isRecalled()) {
                ledger.setRecalled(true);
                isNew = true;
            }
        }
        if (!isNew) {
            return;
        }
        memory.handshake();
        long sum = 0;
        for (DirectLedger ledger : slots) {
            if (ledger == null) {
                continue;
            }
            long credit = ledger.takeRecalled();
            if (credit < 0) {
                ledger.setRecalled(false); // asked again by the next recall
            } else {
                sum += credit;
            }
        }
        if (sum > 0) {
            memory.giveBack(sum);
        }
    }

    /** Bytes reserved that no buffer uses; racy. */
    public long creditBytes() {
        long sum = 0;
        for (DirectLedger ledger : slots) {
            sum += ledger == null ? 0 : ledger.creditBytes();
        }
        return sum;
    }

    /** Buffers that the JDK's account does not know, or, below 0, takes for live; racy. */
    public long bufferCount() {
        long sum = 0;
        for (DirectLedger ledger : slots) {
            sum += ledger == null ? 0 : ledger.bufferCount();
        }
        return sum;
    }

    private @Nullable DirectLedger current() {
        long threadId = OwnerThread.currentId();
        int slot = (int) threadId & (SLOT_COUNT - 1);
        DirectLedger ledger = slots[slot];
        return ledger != null && ledger.threadId == threadId ? ledger : currentSlow(threadId, slot);
    }

    private @Nullable DirectLedger currentSlow(long threadId, int slot) {
        DirectLedger second = slots[slot ^ 1];
        if (second != null && second.threadId == threadId) {
            return second;
        }
        Thread thread = OwnerThread.current();
        DirectLedger ledger = thread == null ? null : register(thread, slot);
        // A virtual thread that waited for the lock may have changed carriers.
        return ledger != null && ledger.threadId == OwnerThread.currentId() ? ledger : null;
    }

    private synchronized @Nullable DirectLedger register(Thread thread, int slot) {
        int free = isFree(slots[slot]) ? slot : isFree(slots[slot ^ 1]) ? slot ^ 1 : -1;
        if (free < 0) {
            return null;
        }
        DirectLedger ledger = slots[free];
        try {
            if (ledger == null) {
                ledger = new DirectLedger(thread);
                ledger.setRecalled(isScarce());
                slots[free] = ledger;
            } else {
                ledger.adopt(thread);
            }
            return ledger;
        } catch (OutOfMemoryError e) {
            return null; // a free must not fail for it
        }
    }

    private static boolean isFree(@Nullable DirectLedger ledger) {
        if (ledger == null) {
            return true;
        }
        Thread owner = ledger.thread();
        return owner == null || !owner.isAlive();
    }
}
