// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** Two threads free one block of a third: it comes back once. */
@JCStressTest
@State
@Outcome(id = "3, true", expect = Expect.ACCEPTABLE, desc = "one free obeyed, the block handed out once again")
@Outcome(expect = Expect.FORBIDDEN, desc = "both or none obeyed")
public class RemoteDoubleFreeStress {

    private final SlabAllocator slabs = SmallSlabs.create();
    private final long[] blocks = new long[4];

    public RemoteDoubleFreeStress() {
        SmallSlabs.allocate(slabs, blocks);
    }

    @Actor
    public void one() {
        slabs.free(blocks[1]);
    }

    @Actor
    public void two() {
        slabs.free(blocks[1]);
    }

    @Arbiter
    public void result(IZ_Result r) {
        slabs.purge();
        r.r1 = SmallSlabs.liveCount(slabs);
        long[] again = new long[6];
        SmallSlabs.allocate(slabs, again);
        r.r2 = SmallSlabs.areDistinct(again, new long[] {blocks[0], blocks[2], blocks[3]});
        slabs.close();
    }
}
