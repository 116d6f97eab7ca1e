// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread's part in the account of direct memory: bytes that it reserved at one go and has not used yet, and the buffers that
 * came and went without the JDK's account knowing.
 *
 * <p>Confined to its thread, but for what {@link DirectLedgers#recall} calls, and the two figures.
 */
/* Implementation notes
 *
 * The true figures are the JDK's and all ledgers' together: capacity in use = JDK's - sum of credits, buffers = JDK's + sum of counts. The JDK
 * never knows less capacity than is in use, so that its limit holds; before it refuses anything, credits are recalled.
 *
 * A step of the owner reads `recalled` between marking itself busy and marking itself idle, in this order in program and compiled code. Whoever
 * recalls sets the flag, has a handshake with all threads, and waits until the owner is not busy: an owner that had not seen the flag has
 * ended its step by then, every later step sees it. So the owner needs no atomic operation and no fence of the processor's.
 */
final class DirectLedger {

    /** What a thread reserves in advance. */
    static final long QUANTUM_BYTES = 64L << 10;
    /** Larger buffers are reserved one by one: the account is no cost beside their memory. */
    static final long MAX_BYTES = QUANTUM_BYTES / 4;
    /** What frees leave with a thread at most; a thread that frees what others allocate gives the rest back. */
    private static final long MOST_CREDIT_BYTES = 4 * QUANTUM_BYTES;

    private static final int SPINS = 1 << 16;

    final BufferOwners owners = new BufferOwners();

    // Set under the table's lock, when a dead thread's ledger goes to another one.
    long threadId;
    WeakReference<Thread> thread;

    private boolean busy;
    private boolean recalled;
    private long creditBytes;
    private long bufferCount;

    DirectLedger(Thread thread) {
        this.threadId = thread.threadId();
        this.thread = new WeakReference<>(thread);
    }

    void adopt(Thread heir) {
        threadId = heir.threadId();
        thread = new WeakReference<>(heir);
    }

    /** Takes a buffer's bytes out of the credit; false where it does not hold so many. */
    boolean take(long byteSize) {
        enter();
        long left = creditBytes - byteSize;
        boolean taken = left >= 0 && !recalled;
        if (taken) {
            creditBytes = left;
            bufferCount++;
        }
        leave();
        return taken;
    }

    /** Keeps a freed buffer's bytes as credit; false where that would be too much. */
    boolean keep(long byteSize) {
        enter();
        long sum = creditBytes + byteSize;
        boolean kept = sum <= MOST_CREDIT_BYTES && !recalled;
        if (kept) {
            creditBytes = sum;
            bufferCount--;
        }
        leave();
        return kept;
    }

    /** Adds bytes that were reserved; false where credit is recalled. */
    boolean add(long byteSize) {
        enter();
        boolean added = !recalled;
        if (added) {
            creditBytes += byteSize;
        }
        leave();
        return added;
    }

    /** Takes what is more than a quantum, to be given back. */
    long takeExcess() {
        enter();
        long excess = recalled ? 0 : Math.max(0, creditBytes - QUANTUM_BYTES);
        creditBytes -= excess;
        leave();
        return excess;
    }

    private void enter() {
        busy = true;
        VarHandle.releaseFence();
    }

    private void leave() {
        VarHandle.releaseFence();
        busy = false;
    }

    boolean isRecalled() {
        return recalled;
    }

    /** Lets the thread hold credit, or not; the latter holds once a handshake has followed. */
    void setRecalled(boolean isRecalled) {
        recalled = isRecalled;
    }

    /** Takes all credit, after the handshake; -1 where the owner stands still in the middle of a step. */
    long takeRecalled() {
        for (int spin = 0; isBusy(); spin++) {
            if (spin == SPINS) {
                return -1;
            }
            Thread.onSpinWait();
        }
        long credit = creditBytes;
        creditBytes = 0;
        return credit;
    }

    private boolean isBusy() {
        VarHandle.acquireFence();
        return busy;
    }

    /** Racy. */
    long creditBytes() {
        return creditBytes;
    }

    /** Racy. Below 0 where the thread frees what others allocated. */
    long bufferCount() {
        return bufferCount;
    }

    @Nullable
    Thread thread() {
        return thread.get();
    }
}
