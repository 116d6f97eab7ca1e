// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Plain fields written under the lock are changed by one thread at a time, and the next one sees them. */
@JCStressTest
@State
@Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "both turns seen, in either order")
@Outcome(expect = Expect.FORBIDDEN, desc = "a turn lost, or its writes seen in part")
public class SpinLockStress {

    private final SpinLock lock = new SpinLock();
    private int first;
    private int second;

    @Actor
    public void one() {
        change();
    }

    @Actor
    public void two() {
        change();
    }

    private void change() {
        lock.lock();
        try {
            second = first + 1;
            first = second;
        } finally {
            lock.unlock();
        }
    }

    @Arbiter
    public void result(II_Result r) {
        r.r1 = first;
        r.r2 = second;
    }
}
