// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZIZ_Result;

/** Two threads that an allocator never saw take their first blocks: table of heaps, pool of slabs. */
@JCStressTest
@State
@Outcome(id = "true, 10, true", expect = Expect.ACCEPTABLE, desc = "each thread has a heap and blocks of its own")
@Outcome(expect = Expect.FORBIDDEN, desc = "a block handed out twice, a heap lost or shared")
public class RegistrationStress {

    private final SlabAllocator slabs = SmallSlabs.create();
    private final long[] first = new long[5];
    private Thread firstThread;
    private Thread secondThread;
    private final long[] second = new long[5];

    @Actor
    public void one() {
        firstThread = Thread.currentThread();
        SmallSlabs.allocate(slabs, first);
    }

    @Actor
    public void two() {
        secondThread = Thread.currentThread();
        SmallSlabs.allocate(slabs, second);
    }

    @Arbiter
    public void result(ZIZ_Result r) {
        r.r1 = SmallSlabs.areDistinct(first, second);
        r.r2 = SmallSlabs.liveCount(slabs);
        // When it tries its own code, the harness has one thread for both, or threads of which one may end before the
        // other.
        boolean areTwo = firstThread != secondThread && firstThread.isAlive() && secondThread.isAlive();
        r.r3 = !areTwo || slabs.heapCount() == 2;
        slabs.close();
    }
}
