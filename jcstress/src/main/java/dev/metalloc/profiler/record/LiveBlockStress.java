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

/** Blocks go in and out of the table of live ones, whose slots others take at the same time. */
public class LiveBlockStress {

    /** One for all: a state is one address in it, and states next to each other compete for slots. */
    private static final LiveBlockTable TABLE = new LiveBlockTable(1 << 16, AddressFilter.empty());

    private static final AtomicLong NEXT_ADDRESS = new AtomicLong(1 << 20);

    private static int remove(long address, long expectedSize) {
        long[] values = new long[LiveBlockTable.VALUES];
        if (!TABLE.remove(address, values)) {
            return 0;
        }
        return values[LiveBlockTable.SIZE] == expectedSize && values[LiveBlockTable.ORDER_MARK] == ~expectedSize
                ? 1
                : -1;
    }

    private static boolean insert(long address, long size) {
        return TABLE.insert(address, size, size, size, size, ~size);
    }

    /** A program that frees a block twice at the same time: the table does not stop it, and stays whole. */
    @JCStressTest
    @State
    @Outcome(
            id = {"1, 0, 0", "0, 1, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "one of two frees finds the block")
    @Outcome(
            id = "1, 1, 0",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "both frees are counted, as they were called")
    @Outcome(expect = Expect.FORBIDDEN, desc = "not found, with another's values, or still there after a free")
    public static class FreeTwice {
        private final long address = NEXT_ADDRESS.addAndGet(16);

        public FreeTwice() {
            insert(address, address);
        }

        @Actor
        public void one(IIJ_Result r) {
            r.r1 = remove(address, address);
        }

        @Actor
        public void two(IIJ_Result r) {
            r.r2 = remove(address, address);
        }

        @Arbiter
        public void left(IIJ_Result r) {
            r.r3 = remove(address, address);
        }
    }

    /** A block handed over is found by the thread that frees it, with its values, once. */
    @JCStressTest
    @State
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "handed over, found and freed")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "not handed over yet, found afterwards")
    @Outcome(expect = Expect.FORBIDDEN, desc = "missed, found twice, or with another's values")
    public static class HandOver {
        private final long address = NEXT_ADDRESS.addAndGet(16);
        private final AtomicLong handedOver = new AtomicLong();

        @Actor
        public void allocate() {
            insert(address, address);
            handedOver.setRelease(address);
        }

        @Actor
        public void free(II_Result r) {
            long block = handedOver.getAcquire();
            r.r1 = block == 0 ? 0 : remove(block, block);
        }

        @Arbiter
        public void left(II_Result r) {
            r.r2 = remove(address, address);
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "both blocks found")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "the neighbour found, the block still there")
    @Outcome(expect = Expect.FORBIDDEN, desc = "values of a slot read before they were written")
    public static class InsertAndRemove {
        private final long address = NEXT_ADDRESS.addAndGet(32);
        private final long neighbour = address - 16;

        public InsertAndRemove() {
            insert(neighbour, neighbour);
        }

        @Actor
        public void allocate() {
            insert(address, address);
        }

        @Actor
        public void free(IIJ_Result r) {
            r.r2 = remove(neighbour, neighbour);
            r.r1 = remove(address, address);
        }

        @Arbiter
        public void left(IIJ_Result r) {
            r.r3 = remove(address, address);
        }
    }

    /** A table that grows while blocks are put in and taken out. */
    @JCStressTest
    @State
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "both found")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a block missed while the table grew")
    public static class GrowWhileRemoving {
        private static final int MAX_BLOCKS = 8;
        private static final int OTHERS = 3;

        private final LiveBlockTable table = new LiveBlockTable(MAX_BLOCKS, AddressFilter.open());

        public GrowWhileRemoving() {
            for (int i = 0; i < OTHERS; i++) {
                table.insert(64 + 16L * i, i, i, i, i, i);
            }
            table.insert(16, 1, 1, 1, 1, 1);
        }

        @Actor
        public void allocateAndFree(II_Result r) {
            table.insert(32, 2, 2, 2, 2, 2);
            table.insert(48, 3, 3, 3, 3, 3);
            r.r1 = remove(32);
        }

        @Actor
        public void free(II_Result r) {
            r.r2 = remove(16);
        }

        private int remove(long address) {
            return table.remove(address, new long[LiveBlockTable.VALUES]) ? 1 : 0;
        }
    }
}
