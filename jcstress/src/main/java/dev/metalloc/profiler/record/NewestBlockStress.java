// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIJ_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** A thread's newest block is freed by another thread, while it goes to the table or just came. */
public class NewestBlockStress {

    private static final LiveBlockTable TABLE = new LiveBlockTable(1 << 16, AddressFilter.open());
    private static final AtomicLong NEXT_ADDRESS = new AtomicLong(1 << 20);

    private static void hold(NewestBlock newest, long address) {
        newest.hold(address, address, address, address, address, address);
    }

    private static void settle(NewestBlock newest) {
        long size = newest.byteSize();
        TABLE.insert(newest.address(), size, size, size, size, size, newest);
    }

    /** As {@link BlockFollower#take} does: 1 where it is found with its own values. */
    private static int take(NewestBlock newest, long address) {
        long[] values = new long[LiveBlockTable.VALUES];
        boolean isFound = TABLE.remove(address, values);
        if (!isFound) {
            boolean isNewest = newest.take(address, values);
            isFound = TABLE.removeAwaiting(address, values) || isNewest;
        }
        if (!isFound) {
            return 0;
        }
        return values[LiveBlockTable.SIZE] == address && values[LiveBlockTable.META] == address ? 1 : -1;
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "each found once, with its own values")
    @Outcome(expect = Expect.FORBIDDEN, desc = "missed, left in the table, or with another's values")
    public static class TakeWhileSettling {
        private final long address = NEXT_ADDRESS.addAndGet(32);
        private final long next = address - 16;
        private final NewestBlock newest = new NewestBlock();

        public TakeWhileSettling() {
            hold(newest, address);
        }

        @Actor
        public void allocateNext() {
            if (!newest.isEmpty()) {
                settle(newest);
            }
            hold(newest, next);
        }

        @Actor
        public void free(IIJ_Result r) {
            r.r1 = take(newest, address);
        }

        @Arbiter
        public void left(IIJ_Result r) {
            r.r2 = take(newest, next);
            r.r3 = take(newest, address);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "handed over, found and freed")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "not handed over yet, found afterwards")
    @Outcome(expect = Expect.FORBIDDEN, desc = "missed, found twice, or with another's values")
    public static class HandOverNewest {
        private final long address = NEXT_ADDRESS.addAndGet(16);
        private final NewestBlock newest = new NewestBlock();
        private final AtomicLong handedOver = new AtomicLong();

        @Actor
        public void allocate() {
            hold(newest, address);
            handedOver.setRelease(address);
        }

        @Actor
        public void free(II_Result r) {
            long block = handedOver.getAcquire();
            r.r1 = block == 0 ? 0 : take(newest, block);
        }

        @Arbiter
        public void left(II_Result r) {
            r.r2 = take(newest, address);
        }
    }
}
