// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** One thread takes slabs of another while that one, and a third, free blocks of theirs. */
@JCStressTest
@State
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "each free obeyed once, no block handed out twice")
@Outcome(expect = Expect.FORBIDDEN, desc = "a block lost or handed out twice, or an equation broken")
public class SpareStress {

    private final SlabAllocator slabs = SmallSlabs.create();
    private final long[] others = new long[8];
    private final long[] own = new long[8];
    private final long[] taken = new long[70];

    public SpareStress() {
        SmallSlabs.allocate(slabs, others);
    }

    @Actor
    public void owner() {
        SmallSlabs.allocate(slabs, own);
        for (int i = 0; i < 4; i++) {
            slabs.free(own[2 * i]);
        }
        slabs.free(others[0]);
        own[0] = slabs.allocate(SmallSlabs.BLOCK_BYTES, 16);
    }

    @Actor
    public void taker() {
        slabs.free(others[4]);
        SmallSlabs.allocate(slabs, taken);
        slabs.free(others[5]);
    }

    @Arbiter
    public void result(ZZ_Result r) {
        long[] live = {own[0], own[1], own[3], own[5], own[7], others[1], others[2], others[3], others[6], others[7]};
        slabs.purge();
        int expected = 0;
        for (long[] blocks : new long[][] {live, taken}) {
            for (long block : blocks) {
                expected += block != 0 ? 1 : 0;
            }
        }
        r.r1 = SmallSlabs.areDistinct(live, taken);
        r.r2 = SmallSlabs.liveCount(slabs) == expected;
        slabs.close();
    }
}
