// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.plan.ExpectedUse;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import example.app.Departs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications that depart from the profile their plan was made by. */
class DriftIT {

    @TempDir
    Path folder;

    /** The rule for blocks of 64 bytes speaks of a program that frees them where it allocates them, a few at a time. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sizes: UNSAFE went back to the JDK: 0 % of the requests are of its sizes, 97 % in the profile",
                "threads: UNSAFE went back to the JDK: \\d+ % of the blocks are freed by another thread, 0 % in the profile",
                "memory: UNSAFE went back to the JDK: it holds ",
                "frames: ARENA_CONFINED .frames. went back to the JDK: 3\\d % of the requests are of its sizes, 97 %"
            })
    void shouldGoBackToTheJdkWhereTheApplicationDepartsFromItsProfile(String howAndLine) throws Exception {
        String[] parts = howAndLine.split(": ", 2);
        ChildJvm.Result result = departing(10).run(Departs.class, parts[0], "100000");
        assertEquals("drift\nwrong blocks 0\n", result.out(), result.err());
        assertTrue(Pattern.compile(parts[1]).matcher(TestPlan.said(result)).find(), TestPlan.said(result));
        assertTrue(!TestPlan.said(result).contains("refused"), TestPlan.said(result));
    }

    @Test
    void shouldServeOnWhereTheApplicationFollowsItsProfile() throws Exception {
        ChildJvm.Result result = departing(10).run(Departs.class, "not", "100");
        assertEquals("no drift\nwrong blocks 0\n", result.out(), result.err());
        assertTrue(TestPlan.said(result).contains("UNSAFE 2,4"), TestPlan.said(result));
    }

    @Test
    void shouldNotLookForDriftWhereToldSo() throws Exception {
        ChildJvm.Result result = departing(0).run(Departs.class, "sizes", "100");
        assertEquals("no drift\nwrong blocks 0\n", result.out(), result.err());
    }

    private ChildJvm departing(int driftMillis) throws Exception {
        ExpectedUse expected = new ExpectedUse(0.97, 0, 1 << 20);
        List<PlanRule> rules = List.of(
                new PlanRule(
                        EntryPoint.ARENA_CONFINED,
                        PlanRule.ANY_SITE,
                        "",
                        0,
                        4_096,
                        new AllocatorSpec("bump", Map.of("frameBytes", "65536")),
                        expected),
                new PlanRule(
                        EntryPoint.UNSAFE,
                        PlanRule.ANY_SITE,
                        "",
                        1,
                        4_096,
                        new AllocatorSpec("slab", Map.of("classes", "64,4096")),
                        expected));
        return TestPlan.dispatched(folder, 0, rules)
                .option("-Dmetalloc.telemetryMillis=1")
                .option("-Dmetalloc.driftMillis=" + driftMillis);
    }
}
