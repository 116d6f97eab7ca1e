// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.FreeOutcome;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;

/** Two threads free one block of a cache at one time: its mark obeys one of them, and the equations hold. */
@JCStressTest
@State
@Outcome(id = "1, 1, true", expect = Expect.ACCEPTABLE, desc = "one free obeyed, the other refused and counted")
@Outcome(expect = Expect.FORBIDDEN, desc = "both or none obeyed")
public class CachingDoubleFreeStress {

    private final CachingAllocator caching = new CachingAllocator(new OneBlock(0), OneBlock.BLOCK_BYTES);
    private final long block = caching.allocate(OneBlock.BLOCK_BYTES, 16);
    private int freedByOne;
    private int freedByTwo;

    @Actor
    public void one() {
        freedByOne = caching.free(block) == FreeOutcome.FREED ? 1 : 0;
    }

    @Actor
    public void two() {
        freedByTwo = caching.free(block) == FreeOutcome.FREED ? 1 : 0;
    }

    @Arbiter
    public void result(IIZ_Result r) {
        r.r1 = freedByOne + freedByTwo;
        r.r2 = (int) caching.stats().refusedFreeCount();
        r.r3 = isSound();
    }

    private boolean isSound() {
        try {
            caching.validate();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
