// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import java.util.concurrent.atomic.AtomicInteger;

/** What one thread at a time is behind: open or shut, in a word that lies two cache lines, since processors fetch pairs, before the next object. */
class Door extends AtomicInteger {

    static final int OPEN = 0;
    static final int SHUT = 1;

    private static final long serialVersionUID = 1L;

    /** About as long as a cache line takes from core to core, some ten times over. */
    private static final int SPINS_BEFORE_YIELD = 100;

    /** What a yield takes, in spins; far more where it lets others run. */
    private static final int SPINS_PER_YIELD = 64;

    static final int MOST_WAITED = 1 << 30;

    long p00;
    long p01;
    long p02;
    long p03;
    long p04;
    long p05;
    long p06;
    long p07;
    long p08;
    long p09;
    long p10;
    long p11;
    long p12;
    long p13;
    long p14;
    long p15;

    Door() {}

    /** Shuts it, if it was open. */
    final boolean tryShut() {
        return compareAndSet(OPEN, SHUT);
    }

    final boolean isShut() {
        return getAcquire() == SHUT;
    }

    /** By whoever is behind it. What was written there is seen by the next who shuts it. */
    final void open() {
        setRelease(OPEN);
    }

    /** Shuts it if it is open soon: before it has waited for as long as so many spins take. */
    final boolean tryShut(int mostWaited) {
        boolean mayYield = mayYield();
        int waited = 0;
        while (!tryShut()) {
            if (waited >= mostWaited) {
                return false;
            }
            waited = pause(waited, mayYield);
        }
        return true;
    }

    /** Waits until it is open, and shuts it. Spins and yields, never parks. */
    final void shut() {
        if (!tryShut()) {
            shutSlow();
        }
    }

    private void shutSlow() {
        do {
            awaitOpen();
        } while (!tryShut());
    }

    /**
     * Waits until whoever is behind it has left.
     *
     * @throws IllegalStateException as {@link #pause}
     */
    final void awaitOpen() {
        boolean mayYield = mayYield();
        int waited = 0;
        while (isShut()) {
            waited = pause(waited, mayYield);
        }
    }

    /** Yielding would take a virtual thread off its carrier, whose per-thread state it may be changing. */
    static boolean mayYield() {
        return !Thread.currentThread().isVirtual();
    }

    /**
     * Lets time pass for whoever waits for another to leave.
     *
     * @param waited what the last call of the same waiting answered; first 0
     * @throws IllegalStateException after some ten seconds of the caller's own time: the stack of whoever is inside ended there
     */
    // Yielding is no part of correctness here: it lets whoever is inside and was descheduled go on.
    @SuppressWarnings("ThreadPriorityCheck")
    static int pause(int waited, boolean mayYield) {
        if (waited > MOST_WAITED) {
            throw new IllegalStateException("a lock was not left again: its holder's stack ended inside");
        }
        if (waited < SPINS_BEFORE_YIELD || !mayYield) {
            Thread.onSpinWait();
            return waited + 1;
        }
        Thread.yield();
        return waited + SPINS_PER_YIELD;
    }
}
