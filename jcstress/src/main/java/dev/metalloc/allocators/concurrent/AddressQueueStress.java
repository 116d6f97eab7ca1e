// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two threads put in, and one takes out, where places come round again: each address comes out once, and what was written before it is seen. */
@JCStressTest
@State
@Outcome(id = "3, 0", expect = Expect.ACCEPTABLE, desc = "both came out once, and were whole")
@Outcome(expect = Expect.FORBIDDEN, desc = "one was lost, came out twice, or came before what was written")
public class AddressQueueStress {

    private final AddressQueue queue = new AddressQueue();
    private final int[] written = new int[3];
    private int sum;
    private int unseen;

    public AddressQueueStress() {
        // The places come round again between the two.
        for (int i = 0; i < AddressQueue.CAPACITY - 1; i++) {
            queue.offer(1);
            queue.poll();
            queue.publish();
        }
    }

    @Actor
    public void one() {
        written[1] = 1;
        queue.offer(1);
    }

    @Actor
    public void two() {
        written[2] = 1;
        queue.offer(2);
        take();
        take();
    }

    private void take() {
        int address = (int) queue.poll();
        queue.publish();
        if (address != 0) {
            sum += address;
            unseen += 1 - written[address];
        }
    }

    @Arbiter
    public void result(II_Result r) {
        take();
        take();
        r.r1 = sum;
        r.r2 = unseen;
    }
}
