// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two threads commit one page each: both are counted, and the peak is what both have. */
@JCStressTest
@State
@Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "both counted")
@Outcome(expect = Expect.FORBIDDEN, desc = "a commit or the peak lost")
public class CommitPeakStress {

    private final long page = VirtualMemory.pageByteSize();
    private final MmapChunkSource source = new MmapChunkSource(2 * page);
    private final long address = source.reserve(2 * page, page);

    @Actor
    public void one() {
        source.commit(address, page);
    }

    @Actor
    public void two() {
        source.commit(address + page, page);
    }

    @Arbiter
    public void result(II_Result r) {
        r.r1 = (int) (source.committedBytes() / page);
        r.r2 = (int) (source.peakCommittedBytes() / page);
        source.close();
    }
}
