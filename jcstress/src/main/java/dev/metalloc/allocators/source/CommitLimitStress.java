// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** Two threads commit, together more than the limit: one of them is refused, and what is counted, and its peak, is the other's. */
@JCStressTest
@State
@Outcome(id = "1, 0, 2, 2", expect = Expect.ACCEPTABLE, desc = "the first had room, the second none")
@Outcome(id = "0, 1, 3, 3", expect = Expect.ACCEPTABLE, desc = "the second had room, the first none")
@Outcome(expect = Expect.FORBIDDEN, desc = "the limit passed, or a count or the peak wrong")
public class CommitLimitStress {

    private static final int LIMIT_PAGES = 4;
    private static final int FIRST_PAGES = 2;
    private static final int SECOND_PAGES = 3;

    private final long page = VirtualMemory.pageByteSize();
    private final MmapChunkSource source = new MmapChunkSource(LIMIT_PAGES * page);
    private final long address = source.reserve((FIRST_PAGES + SECOND_PAGES) * page, page);
    private int committed;
    private int committedByOther;

    @Actor
    public void one() {
        committed = source.commit(address, FIRST_PAGES * page) ? 1 : 0;
    }

    @Actor
    public void two() {
        committedByOther = source.commit(address + FIRST_PAGES * page, SECOND_PAGES * page) ? 1 : 0;
    }

    @Arbiter
    public void result(IIII_Result r) {
        r.r1 = committed;
        r.r2 = committedByOther;
        r.r3 = (int) (source.committedBytes() / page);
        r.r4 = (int) (source.peakCommittedBytes() / page);
        source.close();
    }
}
