// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static dev.metalloc.agent.TestPlan.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import example.app.ArenaSemantics;
import example.app.ChannelWrites;
import example.app.DirectAccount;
import example.app.DirectLimit;
import example.app.FullHeap;
import example.app.IdleMemory;
import example.app.KnownCounts;
import example.app.NoMemory;
import example.app.ReadTelemetry;
import example.app.SharedArenaRaces;
import example.app.Troubles;
import example.app.VirtualArenas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunModeIT {

    @TempDir
    Path folder;

    private ChildJvm dispatched(List<PlanRule> rules, long limitBytes) throws Exception {
        return TestPlan.dispatched(folder, limitBytes, rules);
    }

    private static List<PlanRule> everything() {
        List<PlanRule> rules = new ArrayList<>();
        rules.add(rule(EntryPoint.ARENA_CONFINED, 0, 65_536, "bump", Map.of("frameBytes", "262144")));
        rules.add(rule(EntryPoint.ARENA_CONFINED, 65_537, 8 << 20, "segregated", Map.of()));
        for (EntryPoint entryPoint :
                List.of(EntryPoint.ARENA_SHARED, EntryPoint.ARENA_AUTO, EntryPoint.DIRECT_BUFFER, EntryPoint.UNSAFE)) {
            rules.add(rule(entryPoint, 0, 4_096, "slab", Map.of("classes", "32,112,512,2048,4096")));
            rules.add(rule(entryPoint, 4_097, 1 << 20, "segregated", Map.of()));
            rules.add(rule(entryPoint, (1 << 20) + 1, 8 << 20, "buddy", Map.of()));
        }
        return rules;
    }

    @Test
    void shouldServeAndNotChangeOutput() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KnownCounts.class);
        ChildJvm.Result result = dispatched(everything(), 0).run(KnownCounts.class);
        assertEquals(plain.out(), result.out());
        assertEquals(0, result.exitCode(), result.err());
        String said = TestPlan.said(result);
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.contains("ARENA_CONFINED 1,000 arenas from frames"), said);
        assertTrue(said.contains("DIRECT_BUFFER 400 blocks"), said);
        assertTrue(said.contains("ARENA_SHARED 50 blocks"), said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:+UseG1GC",
                "-XX:+UseZGC",
                "-XX:TieredStopAtLevel=1",
                "-Xint",
                "-Djdk.virtualThreadScheduler.parallelism=7"
            })
    void shouldServeTheConfinedArenasOfVirtualThreads(String option) throws Exception {
        ChildJvm.Result result = dispatched(everything(), 0).option(option).run(VirtualArenas.class);
        assertEquals("wrong 0\n", result.out(), result.err());
        String arenas = String.format(Locale.ROOT, "%,d", 2 * VirtualArenas.THREADS * VirtualArenas.ARENAS);
        assertTrue(
                TestPlan.said(result).contains("ARENA_CONFINED " + arenas + " arenas from frames"),
                TestPlan.said(result));
    }

    @Test
    void shouldServeTheTemporaryBuffersOfChannels() throws Exception {
        ChildJvm.Result result = dispatched(everything(), 0)
                .option("-Djdk.nio.maxCachedBufferSize=1000")
                .run(ChannelWrites.class);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(TestPlan.said(result).contains("DIRECT_BUFFER 500 blocks"), TestPlan.said(result));
    }

    /** What a plan leaves below its smallest size stays with the JDK. */
    @Test
    void shouldLeaveWhatIsBelowThePlansSizes() throws Exception {
        List<PlanRule> rules =
                List.of(rule(EntryPoint.DIRECT_BUFFER, KnownCounts.DIRECT_BYTES + 1, 8 << 20, "buddy", Map.of()));
        ChildJvm.Result plain = new ChildJvm(folder).run(KnownCounts.class);
        ChildJvm.Result result = dispatched(rules, 0).run(KnownCounts.class);
        assertEquals(plain.out(), result.out());
        assertTrue(TestPlan.said(result).contains("DIRECT_BUFFER 0 blocks by buddy"), TestPlan.said(result));
    }

    /** Where the stack ends inside an allocator nobody waits for its lock and nobody uses what may be torn: the JDK serves. */
    @ParameterizedTest
    @ValueSource(strings = {"slab", "segregated", "buddy"})
    void shouldSurviveStackOverflows(String allocator) throws Exception {
        List<PlanRule> rules = List.of(rule(EntryPoint.UNSAFE, 0, 8 << 10, allocator, Map.of()));
        assertSurvivesStackOverflows(dispatched(rules, 0), "overflow");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseG1GC", "-Xint", "-XX:TieredStopAtLevel=1"})
    void shouldSurviveStackOverflowsInArenas(String option) throws Exception {
        assertSurvivesStackOverflows(dispatched(everything(), 0).option(option), "overflowArenas");
    }

    private static void assertSurvivesStackOverflows(ChildJvm child, String trouble) throws Exception {
        ChildJvm.Result result = child.option("-Xss512k").run(Troubles.class, trouble);
        assertEquals("overflows=" + Troubles.OVERFLOWS + "\n", result.out());
        assertEquals(0, result.exitCode(), result.err());
        String said = TestPlan.said(result);
        assertEquals(1, said.lines().count(), result.err());
        assertTrue(
                said.startsWith("metalloc: served")
                        || said.startsWith("metalloc: dispatch went back to the JDK: the stack ended"),
                said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:+UseSerialGC",
                "-XX:+UseZGC",
                "-XX:+UseParallelGC",
                "-XX:+UseG1GC",
                "-Xint",
                "-XX:TieredStopAtLevel=1",
                "--illegal-native-access=deny"
            })
    void shouldNotChangeWhatArenasDo(String option) throws Exception {
        // The interpreter needs no rounds to get warm.
        String rounds = option.equals("-Xint") ? "1" : "3";
        ChildJvm.Result plain = withoutAgent(option, rounds);
        ChildJvm.Result result = dispatched(everything(), 0).option(option).run(ArenaSemantics.class, rounds);
        assertEquals(plain.out(), result.out());
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(1, TestPlan.said(result).lines().count(), TestPlan.said(result));
        assertTrue(TestPlan.said(result).matches(".*ARENA_AUTO [1-9].*"), TestPlan.said(result));
    }

    /** The JDK alone ended early once, in the race of allocating with closing; what it said then is printed, and it may try again. */
    private ChildJvm.Result withoutAgent(String option, String rounds) throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).option(option).run(ArenaSemantics.class, rounds);
        if (plain.exitCode() != 0) {
            System.out.println("without the agent, " + option + ": exit code " + plain.exitCode() + "\n" + plain.err());
            plain = new ChildJvm(folder).option(option).run(ArenaSemantics.class, rounds);
        }
        assertEquals(0, plain.exitCode(), plain.err());
        return plain;
    }

    /** Without the wait for accesses under way, compiled readers see memory of arenas opened later. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:+TieredCompilation platform",
                "-XX:TieredStopAtLevel=1 platform",
                "-Xint platform",
                "-XX:+UseZGC platform",
                "-XX:+TieredCompilation virtual"
            })
    void shouldReleaseSharedArenasOnlyWhenNobodyReadsThem(String optionAndThreads) throws Exception {
        String[] words = optionAndThreads.split(" ", -1);
        ChildJvm.Result result =
                dispatched(everything(), 0).option(words[0]).run(SharedArenaRaces.class, "1500", words[1]);
        assertEquals("wrong 0, readable after close 0, raced yes", result.out().strip(), result.err());
        Matcher deferred = Pattern.compile("\\(([0-9,]+) closes deferred\\)").matcher(TestPlan.said(result));
        assertTrue(deferred.find(), TestPlan.said(result));
        long count = Long.parseLong(deferred.group(1).replace(",", ""));
        // Where threads are virtual it is noticed when the first batch, of 16 MiB at most, is released; all later
        // closes are the JDK's.
        boolean isFirstBatch = count <= 2 * (16 << 20) / 65_536;
        assertTrue(words[0].equals("-Xint") || words[1].equals("virtual") == isFirstBatch, TestPlan.said(result));
    }

    @Test
    void shouldCloseSharedArenasAsTheJdkWhereThePlanSaysSo() throws Exception {
        List<PlanRule> rules =
                List.of(rule(EntryPoint.ARENA_SHARED, 0, 1 << 20, "segregated", Map.of("deferredClose", "false")));
        ChildJvm.Result plain = new ChildJvm(folder).run(ArenaSemantics.class);
        ChildJvm.Result result = dispatched(rules, 0).run(ArenaSemantics.class);
        assertEquals(plain.out(), result.out());
        assertTrue(TestPlan.said(result).contains("blocks by segregated"), TestPlan.said(result));
        assertTrue(!TestPlan.said(result).contains("deferred"), TestPlan.said(result));
    }

    @Test
    void shouldTellNobodyWhereTheJvmHasNeitherManagementNorRecordings() throws Exception {
        ChildJvm.Result result = dispatched(everything(), 0)
                .option("--limit-modules=java.base,java.instrument,jdk.unsupported")
                .option("-Dmetalloc.telemetryMillis=1")
                .run(ArenaSemantics.class, "1");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(TestPlan.said(result).contains("served"), result.err());
        assertFalse(result.err().contains("\tat "), result.err());
    }

    @Test
    void shouldTellManagementToolsAndTheFlightRecorder() throws Exception {
        ChildJvm.Result result = dispatched(everything(), 0)
                .option("-Dmetalloc.telemetryMillis=1")
                .run(ReadTelemetry.class, folder.resolve("events.jfr").toString());
        assertEquals("""
                live blocks true, used bytes true by slab+segregated+buddy
                allocating true, failure '', committed true
                recorded true
                100 buffers
                """, result.out(), result.err());
    }

    @Test
    void shouldMakeNothingForAnApplicationThatAsksForNothing() throws Exception {
        ChildJvm.Result result = dispatched(everything(), 0).run(NoMemory.class);
        assertEquals("no memory\n", result.out());
        assertEquals("metalloc: served nothing: no memory was asked for", TestPlan.said(result));
    }

    @Test
    void shouldVerify() throws Exception {
        ChildJvm.Result result = dispatched(everything(), 0)
                .option("-XX:+UnlockDiagnosticVMOptions")
                .option("-XX:+BytecodeVerificationLocal")
                .run(KnownCounts.class);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(TestPlan.said(result).contains("1,000 arenas from frames"), result.err());
    }

    @Test
    void shouldFallBackWhenTheLimitIsReached() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KnownCounts.class);
        ChildJvm.Result result = dispatched(everything(), 1 << 20).run(KnownCounts.class);
        assertEquals(plain.out(), result.out());
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(TestPlan.said(result).contains("served"), result.err());
    }

    /** Slabs have records on the heap: what finds no room for one is the JDK's, and nothing ends. */
    @Test
    void shouldServeOnAfterTheJavaHeapWasFull() throws Exception {
        ChildJvm.Result result = dispatched(everything(), 0)
                .option("-Xmx16m")
                .option("-XX:+UseSerialGC")
                .run(FullHeap.class, "blocks");
        assertEquals("wrong 0\n", result.out(), result.err());
        Matcher served = Pattern.compile("UNSAFE ([0-9,]+) blocks").matcher(TestPlan.said(result));
        assertTrue(served.find(), result.err());
        int blocks = Integer.parseInt(served.group(1).replace(",", ""));
        assertTrue(blocks >= FullHeap.THREADS * FullHeap.ARENAS, result.err());
    }

    @Test
    void shouldKeepTheLimitOfDirectMemory() throws Exception {
        ChildJvm.Result plain =
                new ChildJvm(folder).option("-XX:MaxDirectMemorySize=4m").run(DirectLimit.class);
        assertTrue(plain.out().contains("OutOfMemoryError"), plain.out());
        ChildJvm.Result result =
                dispatched(everything(), 0).option("-XX:MaxDirectMemorySize=4m").run(DirectLimit.class);
        assertEquals(plain.out(), result.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:+UseSerialGC",
                "-XX:+UseG1GC",
                "-XX:+UseZGC",
                "-XX:+UseParallelGC",
                "-XX:TieredStopAtLevel=1",
                "-Xint",
                "-Dsun.nio.PageAlignDirectMemory=true"
            })
    void shouldKeepTheAccountOfDirectMemoryTrue(String option) throws Exception {
        String limit = "-XX:MaxDirectMemorySize=96m";
        ChildJvm.Result plain =
                new ChildJvm(folder).option(limit).option(option).run(DirectAccount.class);
        assertTrue(plain.out().contains("OutOfMemoryError"), plain.out());
        ChildJvm.Result result =
                dispatched(everything(), 0).option(limit).option(option).run(DirectAccount.class);
        assertEquals(plain.out(), result.out(), result.err());
        assertTrue(!TestPlan.said(result).contains("refused"), TestPlan.said(result));
    }

    @Test
    void shouldGiveBackIdleMemory() throws Exception {
        ChildJvm.Result result = dispatched(everything(), 0)
                .option("-Dmetalloc.purgeDelayMillis=100")
                .run(IdleMemory.class, "60");
        assertEquals("given back", result.out().strip(), result.err());
        assertTrue(TestPlan.said(result).contains(" idle bytes"), result.err());
    }

    @Test
    void shouldKeepIdleMemoryForTheDelay() throws Exception {
        ChildJvm.Result result = dispatched(everything(), 0)
                .option("-Dmetalloc.purgeDelayMillis=0")
                .run(IdleMemory.class, "1");
        assertEquals("kept", result.out().strip(), result.err());
    }

    @Test
    void shouldGoOnWithoutFaultyHooks() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KnownCounts.class);
        for (int calls : new int[] {1, 2, 1000, 5000}) {
            ChildJvm.Result result = dispatched(everything(), 0)
                    .option("-Dmetalloc.test.faultAfterCalls=" + calls)
                    .run(KnownCounts.class);
            assertEquals(plain.out(), result.out());
            assertEquals(0, result.exitCode());
            assertTrue(result.err().contains("injected fault"), result.err());
        }
    }

    @Test
    void shouldRunUntouchedOnABadPlan() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KnownCounts.class);
        Path plan = folder.resolve("bad.plan");
        for (String text : List.of("", "nonsense", "metalloc-plan 99\n")) {
            Files.writeString(plan, text);
            ChildJvm.Result result =
                    new ChildJvm(folder).agent("run,plan=" + plan).run(KnownCounts.class);
            assertEquals(plain.out(), result.out());
            assertEquals(1, TestPlan.said(result).lines().count(), result.err());
            assertTrue(TestPlan.said(result).contains("untouched"), result.err());
        }
    }

    @Test
    void shouldRunUntouchedOnAnUnknownAllocator() throws Exception {
        ChildJvm.Result result = dispatched(List.of(rule(EntryPoint.UNSAFE, 0, 4_096, "magic", Map.of())), 0)
                .run(KnownCounts.class);
        assertEquals(0, result.exitCode());
        assertEquals(1, TestPlan.said(result).lines().count(), result.err());
        assertTrue(TestPlan.said(result).contains("magic"), result.err());
        assertTrue(TestPlan.said(result).contains("untouched"), result.err());
    }
}
