// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** Two threads free blocks of one slab of a third: the slab is listed for its owner, and every block comes back once. */
@JCStressTest
@State
@Outcome(id = "0, true", expect = Expect.ACCEPTABLE, desc = "all frees obeyed, the blocks handed out again")
@Outcome(expect = Expect.FORBIDDEN, desc = "a free lost")
public class RemoteFreesStress {

    private final SlabAllocator slabs = SmallSlabs.create();
    private final long[] blocks = new long[4];

    public RemoteFreesStress() {
        SmallSlabs.allocate(slabs, blocks);
    }

    @Actor
    public void one() {
        slabs.free(blocks[0]);
        slabs.free(blocks[2]);
    }

    @Actor
    public void two() {
        slabs.free(blocks[1]);
        slabs.free(blocks[3]);
    }

    @Arbiter
    public void result(IZ_Result r) {
        slabs.purge();
        r.r1 = SmallSlabs.liveCount(slabs);
        long[] again = new long[6];
        SmallSlabs.allocate(slabs, again);
        r.r2 = SmallSlabs.areDistinct(again);
        slabs.close();
    }
}
