// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A plain field written under the recorder's lock, by one that waits for it and one that only tries. */
@JCStressTest
@State
@Outcome(
        id = {"2, 1", "1, 0"},
        expect = Expect.ACCEPTABLE,
        desc = "as many turns as were taken")
@Outcome(expect = Expect.FORBIDDEN, desc = "a turn lost")
public class RecorderLockStress {

    private final RecorderSpinLock lock = new RecorderSpinLock();
    private int turns;

    @Actor
    public void waits() {
        lock.acquire();
        turns++;
        lock.release();
    }

    @Actor
    public void tries(II_Result r) {
        if (lock.tryAcquire()) {
            turns++;
            lock.release();
            r.r2 = 1;
        }
    }

    @Arbiter
    public void result(II_Result r) {
        r.r1 = turns;
    }
}
