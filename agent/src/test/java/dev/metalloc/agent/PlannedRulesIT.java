// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static dev.metalloc.agent.TestPlan.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import example.app.ArenaSemantics;
import example.app.SizesInTurn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan leaves to the JDK, and rules of which run mode has no use. */
class PlannedRulesIT {

    @TempDir
    Path folder;

    private ChildJvm.Result dispatched(List<PlanRule> rules, String... sizes) throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(SizesInTurn.class, sizes);
        ChildJvm.Result result =
                TestPlan.dispatched(folder, rules.toArray(new PlanRule[0])).run(SizesInTurn.class, sizes);
        assertEquals(plain.out(), result.out(), result.err());
        assertEquals(0, result.exitCode(), result.err());
        return result;
    }

    /** Blocks of the C library's heap cannot be told from the JDK's, whose frees they would meet. */
    @ParameterizedTest
    @ValueSource(strings = {"-XX:NativeMemoryTracking=off", "-XX:NativeMemoryTracking=summary"})
    void shouldTakeTheSystemsHeapForTheJdksPath(String option) throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).option(option).run(ArenaSemantics.class, "1");
        ChildJvm.Result result = TestPlan.dispatched(
                        folder,
                        rule(EntryPoint.ARENA_CONFINED, 0, 8 << 20, "system"),
                        rule(EntryPoint.ARENA_SHARED, 0, 4_096, "slab"),
                        rule(EntryPoint.ARENA_AUTO, 0, 4_096, "system"),
                        rule(EntryPoint.DIRECT_BUFFER, 0, 4_096, "system"))
                .option(option)
                .run(ArenaSemantics.class, "1");
        assertEquals(plain.out(), result.out(), result.err());
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(TestPlan.said(result).matches("metalloc: served ARENA_SHARED .*"), result.err());
        assertFalse(TestPlan.said(result).contains("system"), result.err());
    }

    @Test
    void shouldNotHaveTheSystemsHeapAsAPart() throws Exception {
        ChildJvm.Result result = TestPlan.dispatched(
                        folder,
                        rule(EntryPoint.UNSAFE, 1, 4_096, "composite", Map.of("parts", "slab, system", "limits", "64")))
                .run(SizesInTurn.class, "32");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(TestPlan.said(result).contains("system: no part of another allocator"), result.err());
    }

    /** Of three sizes the one in the middle is left: a hundred blocks, and what others grow to. */
    @ParameterizedTest
    @ValueSource(strings = {"leave", "system"})
    void shouldLeaveSizesBetweenTwoRules(String leave) throws Exception {
        List<PlanRule> rules = new ArrayList<>();
        for (EntryPoint entryPoint : List.of(
                EntryPoint.UNSAFE, EntryPoint.DIRECT_BUFFER, EntryPoint.ARENA_CONFINED, EntryPoint.ARENA_SHARED)) {
            rules.add(rule(entryPoint, 1, 64, "slab", Map.of("classes", "64")));
            rules.add(rule(entryPoint, 65, 4_096, leave));
            rules.add(rule(entryPoint, 10_000, 1 << 20, "segregated"));
        }
        String said = TestPlan.said(dispatched(rules, "32", "1000", "20000"));
        String by = " blocks by slab+leave+segregated";
        for (String entryPoint : List.of("DIRECT_BUFFER", "ARENA_CONFINED", "ARENA_SHARED")) {
            assertTrue(said.contains(entryPoint + " 200" + by), said);
        }
        // Those of 20,000 bytes shrink where they are, or to another block of ours.
        assertTrue(said.matches(".*UNSAFE [23]00" + by.replace("+", "\\+") + ".*"), said);
        assertFalse(said.contains("refused"), said);
    }

    @Test
    void shouldLeaveSizesBetweenFourRules() throws Exception {
        List<PlanRule> rules = List.of(
                rule(EntryPoint.DIRECT_BUFFER, 1, 16, "slab", Map.of("classes", "16")),
                rule(EntryPoint.DIRECT_BUFFER, 17, 24, "leave"),
                rule(EntryPoint.DIRECT_BUFFER, 25, 32, "leave"),
                rule(EntryPoint.DIRECT_BUFFER, 33, 64, "slab", Map.of("classes", "64")),
                rule(EntryPoint.DIRECT_BUFFER, 65, 128, "leave"),
                rule(EntryPoint.DIRECT_BUFFER, 129, 256, "slab", Map.of("classes", "256")),
                rule(EntryPoint.DIRECT_BUFFER, 257, 512, "leave"),
                rule(EntryPoint.DIRECT_BUFFER, 513, 4_096, "segregated"));
        String said = TestPlan.said(dispatched(rules, "16", "20", "32", "64", "128", "256", "512", "4096"));
        assertTrue(said.contains("DIRECT_BUFFER 400 blocks by slab+leave+slab+leave+slab+leave+segregated"), said);
    }

    @Test
    void shouldMakeNothingForWhatIsNeverServed() throws Exception {
        List<PlanRule> rules = List.of(
                rule(EntryPoint.ARENA_GLOBAL, 1, 4_096, "magic"),
                rule(EntryPoint.MAPPED_FILE, 1, 4_096, "slab"),
                rule(EntryPoint.UNSAFE, 1, 4_096, "slab"));
        String said = TestPlan.said(dispatched(rules, "32"));
        assertTrue(said.contains("served UNSAFE 100 blocks by slab"), said);
    }
}
