// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

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
 * A thread that was found behind the shared door a few times in a row gets a bias, a door of its own. It enters by a store to that and a load of
 * whether it is revoked, in this order. Whoever else comes shuts the shared door, stores that the bias is revoked, and has a full barrier run in
 * all threads. So either the owner's load comes after and sees it, or its store came before and is seen: then the owner is waited for.
 * Opaque access keeps the order in compiled code, the barrier keeps it in the processor. Nobody gets a bias where there is no such barrier.
 *
 * A revoked bias is never used again, since its owner may hold it in hand for any time before it looks.
 *
 * Invariants: who is inside by the shared lock sees no bias, and who is inside by a bias sees that one: whoever changes it holds the
 *   shared lock and has waited for the owner
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
    private Bias bias = Bias.NONE;
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
        if (mine == Bias.NONE) {
            return shared.tryShut() ? entered() : lockSlow();
        }
        return mine.tryShut(OwnerThread.currentId()) ? mine : lockSlow();
    }

    /** As {@link #lock}, but answers null where another thread has the shared door. */
    @Nullable
    Door tryLock() {
        Bias mine = bias;
        if (mine != Bias.NONE && mine.tryShut(OwnerThread.currentId())) {
            return mine;
        }
        return shared.tryShut() ? entered() : null;
    }

    /** As {@link #tryLock}, but answers null, too, where another thread has the lock to itself, and gives no bias: for visits. */
    @Nullable
    Door tryVisit() {
        Bias mine = bias;
        if (mine == Bias.NONE) {
            return shared.tryShut() ? visited() : null;
        }
        return mine.tryShut(OwnerThread.currentId()) ? mine : null;
    }

    private @Nullable Door visited() {
        if (bias == Bias.NONE) {
            return shared;
        }
        shared.open();
        return null;
    }

    /** Whether nobody is inside, nor has the lock to himself, at this moment. */
    boolean isIdle() {
        return bias == Bias.NONE && !shared.isShut();
    }

    private Door lockSlow() {
        shared.shut();
        return entered();
    }

    /** Behind the shared door; answers the door to open. */
    private Door entered() {
        return bias == Bias.NONE && --turnsLeft > 0 ? shared : enteredSlow(bias);
    }

    private Door enteredSlow(Bias other) {
        if (other != Bias.NONE) {
            revoke(other);
            return shared;
        }
        turnsLeft = turnsWanted;
        long callerId = OwnerThread.currentId();
        if (callerId != lastId) {
            lastId = callerId;
            looksLeft = LOOKS;
        }
        return --looksLeft > 0 ? shared : giveBias(callerId);
    }

    private void revoke(Bias other) {
        other.revoke();
        ProcessBarrier.await();
        other.awaitOpen();
        turnsWanted = other.ageNanos() < WORTHWHILE_NANOS
                ? Math.min(turnsWanted << FURTHER_SHIFT, MOST_TURNS)
                : Math.min(turnsWanted, FIRST_TURNS);
        turnsLeft = turnsWanted;
        looksLeft = LOOKS;
        bias = Bias.NONE;
    }

    /** From behind the shared door to behind a new one. */
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
        shared.open();
        return made;
    }
}
