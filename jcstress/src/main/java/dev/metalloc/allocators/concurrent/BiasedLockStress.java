// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The lock is one thread's own by the time the other comes: what either writes inside is still seen by the next, and nobody meets there. */
@JCStressTest
@State
@Outcome(id = "9, 9", expect = Expect.ACCEPTABLE, desc = "all turns seen, in any order")
@Outcome(expect = Expect.FORBIDDEN, desc = "a turn lost, or its writes seen in part")
public class BiasedLockStress {

    /** Twice what makes the lock one thread's own. */
    private static final int TURNS = 2 * BiasedLock.LOOKS;

    private final BiasedLock lock = new BiasedLock(1);
    private int first;
    private int second;

    @Actor
    public void one() {
        for (int i = 0; i < TURNS; i++) {
            change();
        }
    }

    @Actor
    public void two() {
        change();
    }

    private void change() {
        Door door = lock.lock();
        try {
            second = first + 1;
            first = second;
        } finally {
            door.open();
        }
    }

    @Arbiter
    public void result(II_Result r) {
        r.r1 = first;
        r.r2 = second;
    }
}
