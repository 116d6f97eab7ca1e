// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;

/** Two threads meet a call site for the first time, and one looks at what was found. */
@JCStressTest
@State
@Outcome(id = "1, 1, true", expect = Expect.ACCEPTABLE, desc = "one number, and a site behind it")
@Outcome(expect = Expect.FORBIDDEN, desc = "numbered twice, or a number without its site")
public class SiteStress {

    private final SiteTable sites = new SiteTable(4);

    private static FrameBuffer frames() {
        FrameBuffer frames = new FrameBuffer();
        frames.add("org.example.Caller", "call", 7);
        return frames;
    }

    @Actor
    public void one(IIZ_Result r) {
        r.r1 = sites.intern(1, frames());
    }

    @Actor
    public void two(IIZ_Result r) {
        r.r2 = sites.intern(1, frames());
        SiteRecord site = sites.site(r.r2);
        r.r3 = site != null && site.classNames.length == 1 && site.lines[0] == 7;
    }
}
