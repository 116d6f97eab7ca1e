// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.FreeOutcome;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The part is its maker's own: a thread frees its block, and leaves it there, while another comes, revokes that, and allocates. */
@JCStressTest
@State
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "each block was freed once, nothing lives")
@Outcome(expect = Expect.FORBIDDEN, desc = "a block was lost, or a free of a live block refused")
public class StripeLeftStress {

    private final Stripe stripe = new Stripe(new OneBlock(0), new BiasedLock(1));
    private final long block;
    private int freed;
    private int freedByOther;
    private int allocatedByOther;

    public StripeLeftStress() {
        for (int turns = 1; turns < BiasedLock.LOOKS; turns++) {
            stripe.free(allocateBlock());
        }
        block = allocateBlock();
    }

    @Actor
    public void free() {
        freed = free(block);
    }

    @Actor
    public void allocate() {
        long address = allocateBlock();
        if (address != 0) {
            allocatedByOther = 1;
            freedByOther = free(address);
        }
    }

    private long allocateBlock() {
        Door door = stripe.enter();
        try {
            return stripe.allocator.allocate(OneBlock.BLOCK_BYTES, 16);
        } finally {
            door.open();
        }
    }

    private int free(long address) {
        return stripe.free(address) == FreeOutcome.FREED ? 1 : 0;
    }

    @Arbiter
    public void result(II_Result r) {
        stripe.enter().open(); // frees what was left
        r.r1 = freed + freedByOther - allocatedByOther;
        r.r2 = (int) stripe.allocator.stats().liveCount();
    }
}
