// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** A thread puts batches in while the owner takes them out: what is left is known of, and what was taken is whole. */
@JCStressTest
@State
@Outcome(id = "42, true", expect = Expect.ACCEPTABLE, desc = "each batch read once, whole")
@Outcome(expect = Expect.FORBIDDEN, desc = "a batch lost, read twice, or read before it was written")
public class RemoteInboxStress {

    private static final int FIRST = 30;
    private static final int SECOND = 12;

    private final RemoteInbox inbox = new RemoteInbox();
    private final RemoteFreeBatches home = new RemoteFreeBatches();
    private int taken;

    @Actor
    public void other() {
        put(FIRST);
        put(SECOND);
    }

    private void put(int address) {
        RemoteFreeBatch batch = new RemoteFreeBatch(home);
        batch.addresses[0] = address;
        batch.count = 1;
        inbox.put(batch);
    }

    /** The owner: looks twice, as an allocator does that runs dry again and again. */
    @Actor
    public void owner() {
        take();
        take();
    }

    private void take() {
        if (inbox.mayHaveAny()) {
            inbox.beginTaking();
            for (RemoteFreeBatch batch = inbox.takeBatches(); batch != null; batch = batch.next) {
                taken += batch.count == 1 ? (int) batch.addresses[0] : 1000;
            }
        }
    }

    @Arbiter
    public void result(IZ_Result r) {
        boolean isAllTaken = taken == FIRST + SECOND;
        r.r2 = isAllTaken || inbox.mayHaveAny();
        take();
        r.r1 = taken;
    }
}
