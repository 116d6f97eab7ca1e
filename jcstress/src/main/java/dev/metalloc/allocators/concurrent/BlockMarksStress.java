// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** Two threads set the marks of blocks side by side, the first of their leaf, and then both change one that was there before. */
@JCStressTest
@State
@Outcome(id = "1, 2, 1, 4", expect = Expect.ACCEPTABLE, desc = "both marks are there, one change was made")
@Outcome(expect = Expect.FORBIDDEN, desc = "a mark lost with a leaf, or a change made twice or not at all")
public class BlockMarksStress {

    private static final long KNOWN = 1 << 16;
    private static final long FIRST = 5 << 16;
    private static final long SECOND = FIRST + 16;

    private final BlockMarks marks = new BlockMarks();
    private int changed;
    private int changedByOther;

    public BlockMarksStress() {
        marks.set(KNOWN, (byte) 3);
    }

    @Actor
    public void one() {
        marks.set(FIRST, (byte) 1);
        changed = marks.change(KNOWN, (byte) 3, (byte) 4) ? 1 : 0;
    }

    @Actor
    public void two() {
        marks.set(SECOND, (byte) 2);
        changedByOther = marks.change(KNOWN, (byte) 3, (byte) 4) ? 1 : 0;
    }

    @Arbiter
    public void result(IIII_Result r) {
        r.r1 = marks.of(FIRST);
        r.r2 = marks.of(SECOND);
        r.r3 = changed + changedByOther;
        r.r4 = marks.of(KNOWN);
    }
}
