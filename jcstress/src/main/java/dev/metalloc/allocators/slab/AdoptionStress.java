// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZIZ_Result;

/** The heap of a dead thread passes to one of two new ones while one of them frees blocks of the dead one. */
@JCStressTest
@State
@Outcome(id = "true, 9, true", expect = Expect.ACCEPTABLE, desc = "adopted by one, the other has a heap of its own")
@Outcome(expect = Expect.FORBIDDEN, desc = "adopted twice, a block lost or handed out twice")
public class AdoptionStress {

    private final SlabAllocator slabs = SmallSlabs.create();
    private final long[] orphans = new long[5];
    private final long[] first = new long[4];
    private Thread firstThread;
    private Thread secondThread;
    private final long[] second = new long[4];

    public AdoptionStress() {
        Thread mortal = new Thread(() -> SmallSlabs.allocate(slabs, orphans));
        mortal.start();
        boolean isDead = false;
        while (!isDead) {
            try {
                mortal.join();
                isDead = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Actor
    public void one() {
        firstThread = Thread.currentThread();
        SmallSlabs.allocate(slabs, first);
    }

    @Actor
    public void two() {
        secondThread = Thread.currentThread();
        for (int i = 0; i < 4; i++) {
            slabs.free(orphans[i]);
        }
        SmallSlabs.allocate(slabs, second);
    }

    @Arbiter
    public void result(ZIZ_Result r) {
        r.r1 = SmallSlabs.areDistinct(first, second, new long[] {orphans[4]});
        slabs.purge();
        r.r2 = SmallSlabs.liveCount(slabs);
        // When it tries its own code, the harness has one thread for both, or threads of which one may end before the
        // other.
        boolean areTwo = firstThread != secondThread && firstThread.isAlive() && secondThread.isAlive();
        r.r3 = !areTwo || slabs.heapCount() == 2;
        slabs.close();
    }
}
