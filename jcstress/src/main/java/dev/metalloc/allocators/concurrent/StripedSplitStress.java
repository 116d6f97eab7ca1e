// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.FreeOutcome;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A block of a part that was made while another thread held the first one is known to whoever is handed it, at once. */
@JCStressTest
@State
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "freed once, by who was handed it or at the end")
@Outcome(expect = Expect.FORBIDDEN, desc = "refused, or still live")
public class StripedSplitStress {

    private final StripedAllocator striped = new StripedAllocator(OneBlock::new, 2);
    private final Stripe first = striped.stripes()[0];
    private final AtomicLong handedOver = new AtomicLong();
    private int freedCount;
    private final Door taken;

    public StripedSplitStress() {
        // Ahead of the clock: else waits before a machine stands still would count for nothing.
        long inAnHour = System.nanoTime() + TimeUnit.HOURS.toNanos(1);
        for (int waits = 1; waits < Stripe.FIRST_WAITS; waits++) {
            first.isCrowded(inAnHour);
        }
        taken = first.lock.lock();
    }

    /** Finds the first part taken, so that another is made. */
    @Actor
    public void allocate() {
        handedOver.setRelease(striped.allocate(OneBlock.BLOCK_BYTES, 16));
    }

    @Actor
    public void free() {
        long address = handedOver.getAcquire();
        if (address != 0) {
            freedCount += striped.free(address) == FreeOutcome.FREED ? 1 : 2;
        }
    }

    @Arbiter
    public void result(II_Result r) {
        taken.open();
        if (freedCount == 0) {
            freedCount += striped.free(handedOver.get()) == FreeOutcome.FREED ? 1 : 2;
        }
        r.r1 = freedCount;
        r.r2 = (int) striped.stats().liveCount();
    }
}
