// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Two threads register and find themselves again while one folds those that have ended. */
@JCStressTest
@State
@Outcome(id = "true, true, true", expect = Expect.ACCEPTABLE, desc = "each thread keeps its own recorder")
@Outcome(expect = Expect.FORBIDDEN, desc = "a recorder shared, lost or made twice")
public class RegistryStress {

    private static final RecorderOptions OPTIONS = new RecorderOptions(0, 0, 0, 0, 0, 1, 4096);

    private final Recorder recorder = new Recorder(OPTIONS, new StackWalkerSource());
    private ThreadRecorder first;
    private ThreadRecorder second;

    @Actor
    public void one(ZZZ_Result r) {
        first = recorder.threadRecorder(Thread.currentThread());
        r.r1 = first.threadId == Thread.currentThread().threadId()
                && first == recorder.threadRecorder(Thread.currentThread());
    }

    @Actor
    public void two(ZZZ_Result r) {
        fold();
        second = recorder.threadRecorder(Thread.currentThread());
        r.r2 = second.threadId == Thread.currentThread().threadId()
                && second == recorder.threadRecorder(Thread.currentThread());
    }

    private void fold() {
        recorder.registry.reading.acquire();
        try {
            recorder.registry.foldEnded();
        } finally {
            recorder.registry.reading.release();
        }
    }

    @Arbiter
    public void result(ZZZ_Result r) {
        // When it tries its own code, the harness has one thread for both, or threads of which one may end before the
        // other.
        boolean areTwo = first != second && !first.hasEnded() && !second.hasEnded();
        int held = 0;
        for (ThreadRecorder each : recorder.registry.held()) {
            held += each == first || each == second ? 1 : 0;
        }
        r.r3 = !areTwo || held == 2;
    }
}
