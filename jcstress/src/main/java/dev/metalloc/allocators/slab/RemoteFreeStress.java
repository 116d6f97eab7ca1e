// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** A thread that allocates and runs dry collects while another frees the blocks it was given. */
@JCStressTest
@State
@Outcome(id = "true, 10", expect = Expect.ACCEPTABLE, desc = "every free counted once, no live block handed out again")
@Outcome(expect = Expect.FORBIDDEN, desc = "a free lost or doubled, or a live block handed out")
public class RemoteFreeStress {

    private final SlabAllocator slabs = SmallSlabs.create();
    private final long[] given = new long[4];
    private final long[] kept = new long[10];
    private volatile boolean isGiven;

    /** The owner: fills a slab, gives its blocks away, and goes on allocating, which collects what came back. */
    @Actor
    public void owner() {
        SmallSlabs.allocate(slabs, given);
        isGiven = true;
        SmallSlabs.allocate(slabs, kept);
    }

    @Actor
    public void other() {
        while (!isGiven) {
            Thread.onSpinWait();
        }
        for (long block : given) {
            slabs.free(block);
        }
    }

    @Arbiter
    public void result(ZI_Result r) {
        r.r1 = SmallSlabs.areDistinct(kept);
        // Purging reaches what the freeing thread may have kept back.
        slabs.purge();
        r.r2 = SmallSlabs.liveCount(slabs);
        slabs.close();
    }
}
