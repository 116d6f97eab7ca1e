// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** Two threads raise the live bytes: whoever comes second sees both, and the peak is that. */
@JCStressTest
@State
@Outcome(id = "300", expect = Expect.ACCEPTABLE, desc = "the peak is the sum")
@Outcome(expect = Expect.FORBIDDEN, desc = "a peak lost to a lower one")
public class LiveBytesStress {

    private final LiveBytes live = new LiveBytes(new Recorder(RecorderOptions.everyBlock(), frames -> {}));

    @Actor
    public void one() {
        live.add(0, 100);
    }

    @Actor
    public void two() {
        live.add(0, 200);
    }

    @Arbiter
    public void result(J_Result r) {
        r.r1 = live.peak(0);
    }
}
