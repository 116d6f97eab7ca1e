// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.ProcessBarrier;
import org.jspecify.annotations.Nullable;

/**
 * A spin lock that a thread which has it to itself takes and leaves without an atomic instruction.
 *
 * <p>As {@link SpinLock}: for sections of some ten nanoseconds, never parks, not re-entrant, not fair. The first other thread that comes
 * pays some microseconds, once; from then on all pay what a {@link SpinLock} costs, until one of them has it to itself again. Source:
 * Dice, Moir and Scherer, Quickly Reacquirable Locks (2003); Kawachiya, Koseki and Onodera, Lock Reservation (OOPSLA 2002).
 */
/* Implementation notes
 *
 * A thread that was found behind the shared door a few times in a row gets a bias, a door of its own, and the shared one stays shut for as long.
 * It enters by a store to its door and a load of whether that is revoked, in this order. Whoever else comes finds the shared door shut, stores
 * that the bias is revoked, and has a full barrier run in all threads. So either the owner's load comes after and sees it, or its store came
 * before and is seen: then the owner is waited for. Opaque access keeps the order in compiled code, the barrier keeps it in the processor.
 * Nobody gets a bias where there is no such barrier.
 *
 * A revoked bias is never used again, since its owner may hold it in hand for any time before it looks.
 *
 * Invariants: the shared door is shut as long as there is a bias. A bias is given by who is behind the shared door, and taken by who revokes it,
 *   one at a time, who is then behind the shared door.
 */
public final class BiasedLock {

    /** Of so many turns the last is looked at: threads that take turns of some hundred calls give each other no bias. */
    static final int FIRST_TURNS = 1 << 10;
    /** So often one thread's, and the lock is its own. */
    static final int LOOKS = 4;

    /** A bias revoked before it paid makes the next one wait 2^3 times as long … */
    private static final int FURTHER_SHIFT = 3;

    private static final int MOST_TURNS = 1 << 18;
    /** … which is when it is younger than some hundred times what the revocation took. */
    private static final long WORTHWHILE_NANOS = 500_000;

    private static final boolean MAY_BIAS = ProcessBarrier.isAvailable();

    private final Door shared = new Door();
    private final SpinLock revoking = new SpinLock();
    private volatile Bias bias = Bias.NONE;
    /* Guarded by the shared door. */
    private int turnsLeft;
    private int turnsWanted;
    private int looksLeft = LOOKS;
    private long lastId;

    public BiasedLock() {
        this(FIRST_TURNS);
    }

    /** @param firstTurns between looks at whose turn it is, the first time */
    BiasedLock(int firstTurns) {
        turnsWanted = MAY_BIAS ? firstTurns : Integer.MAX_VALUE;
        turnsLeft = turnsWanted;
    }

    /** Takes the lock; whoever does leaves it by opening what is answered. */
    Door lock() {
        Bias mine = bias;
        if (mine != Bias.NONE && mine.tryShut(OwnerThread.currentId())) {
            return mine;
        }
        return shared.tryShut() ? entered() : lockSlow();
    }

    /** As {@link #lock}, but answers null where another thread is inside without having the lock to itself. */
    @Nullable
    Door tryLock() {
        Bias mine = bias;
        if (mine != Bias.NONE && mine.tryShut(OwnerThread.currentId())) {
            return mine;
        }
        return shared.tryShut() ? entered() : tryRevoke();
    }

    /** As {@link #tryLock}, but answers null, too, where another thread has the lock to itself, and gives no bias: for visits. */
    @Nullable
    Door tryVisit() {
        Bias mine = bias;
        if (mine != Bias.NONE && mine.tryShut(OwnerThread.currentId())) {
            return mine;
        }
        return shared.tryShut() ? shared : null;
    }

    /** Whether nobody is inside, nor has the lock to himself, at this moment. */
    boolean isIdle() {
        return !shared.isShut();
    }

    @SlowPath
    private Door lockSlow() {
        boolean mayYield = Door.mayYield();
        int waited = 0;
        while (true) {
            Door taken = tryRevoke();
            if (taken != null) {
                return taken;
            }
            if (shared.tryShut()) {
                return entered();
            }
            waited = Door.pause(waited, mayYield);
        }
    }

    /** Takes the lock from whoever has it to himself; null where nobody has. */
    @SlowPath
    private @Nullable Door tryRevoke() {
        if (bias == Bias.NONE) {
            return null;
        }
        revoking.lock();
        try {
            Bias other = bias;
            if (other == Bias.NONE) {
                return null;
            }
            other.revoke();
            ProcessBarrier.await();
            other.awaitOpen();
            wantTurns(other.ageNanos());
            bias = Bias.NONE;
            return shared;
        } finally {
            revoking.unlock();
        }
    }

    private void wantTurns(long ageNanos) {
        turnsWanted = ageNanos < WORTHWHILE_NANOS
                ? Math.min(turnsWanted << FURTHER_SHIFT, MOST_TURNS)
                : Math.min(turnsWanted, FIRST_TURNS);
        turnsLeft = turnsWanted;
        looksLeft = LOOKS;
    }

    /** Behind the shared door; answers the door to open. */
    private Door entered() {
        return --turnsLeft > 0 ? shared : look();
    }

    @SlowPath
    private Door look() {
        turnsLeft = turnsWanted;
        long callerId = OwnerThread.currentId();
        if (callerId != lastId) {
            lastId = callerId;
            looksLeft = LOOKS;
        }
        return --looksLeft > 0 ? shared : giveBias(callerId);
    }

    /** From behind the shared door, which stays shut, to behind a new one. */
    private Door giveBias(long callerId) {
        looksLeft = LOOKS;
        Bias made;
        try {
            made = new Bias(callerId);
        } catch (OutOfMemoryError | StackOverflowError e) {
            // The heap is the application's: without a bias all goes on as it is.
            return shared;
        }
        if (!made.tryShut(callerId)) {
            return shared;
        }
        bias = made;
        return made;
    }
}
