// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static dev.metalloc.agent.TestPlan.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import example.app.FullHeap;
import example.app.ReadFrames;
import example.app.ThrowingActions;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Confined arenas cut from frames. */
class FramesIT {

    private static final PlanRule FRAMES =
            rule(EntryPoint.ARENA_CONFINED, 0, 4_096, "bump", Map.of("frameBytes", "65536"));

    @TempDir
    Path folder;

    /** A frame that stayed open would be the 65th at the latest that is not served. */
    @Test
    void shouldEndTheFrameOfAnArenaWhoseCleanupActionThrows() throws Exception {
        ChildJvm.Result result = TestPlan.dispatched(folder, FRAMES).run(ThrowingActions.class);
        assertEquals("thrown " + ThrowingActions.ARENAS + "\n", result.out(), result.err());
        assertTrue(TestPlan.said(result).contains("ARENA_CONFINED 1,000 arenas from frames"), result.err());
    }

    /** An arena that finds no room for its frames on the heap is the JDK's; it ends nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual"})
    void shouldServeOnAfterTheJavaHeapWasFull(String threads) throws Exception {
        ChildJvm.Result result = TestPlan.dispatched(folder, FRAMES)
                .option("-Xmx16m")
                .option("-XX:+UseSerialGC")
                .run(FullHeap.class, threads);
        assertEquals("wrong 0\n", result.out(), result.err());
        Matcher served =
                Pattern.compile("ARENA_CONFINED ([0-9,]+) arenas from frames").matcher(TestPlan.said(result));
        assertTrue(served.find(), result.err());
        int arenas = Integer.parseInt(served.group(1).replace(",", ""));
        assertTrue(arenas >= 1 + FullHeap.THREADS * FullHeap.ARENAS, result.err());
    }

    /** Threads that end leave their frames' memory and what they counted. */
    @Test
    void shouldTellOfFramesAndGiveBackThoseOfDeadThreads() throws Exception {
        ChildJvm.Result result = TestPlan.dispatched(folder, FRAMES)
                .option("-Dmetalloc.telemetryMillis=1")
                .option("-Dmetalloc.purgeDelayMillis=400")
                .run(ReadFrames.class, folder.resolve("events.jfr").toString());
        assertEquals("""
                opened 801, closed 800, missed 8, used true, serving true
                given back true, counted true
                recorded true
                """, result.out(), result.err());
        assertTrue(TestPlan.said(result).contains("ARENA_CONFINED 801 arenas from frames"), result.err());
    }
}
