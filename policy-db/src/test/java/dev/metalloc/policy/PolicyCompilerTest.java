// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.plan.ExpectedUse;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyCompilerTest {

    private static final AllocatorSpec SLAB = AllocatorSpec.of("slab");
    private static final PolicySite SITE = new PolicySite(42, "a.B.c");

    @Test
    void shouldDropWhatIsLeft() {
        Plan plan = PolicyCompiler.compile(
                policy(rule(PolicySite.ANY, 1, 64, SLAB), rule(PolicySite.ANY, 65, 128, PolicyRule.LEAVE)), 1 << 20);

        assertEquals(
                new Plan(
                        "app",
                        "app version 1, from 2 runs",
                        1 << 20,
                        List.of(new PlanRule(EntryPoint.UNSAFE, PlanRule.ANY_SITE, 1, 64, SLAB))),
                plan);
    }

    @Test
    void shouldKeepTheExceptionOfOneSite() {
        Plan plan = PolicyCompiler.compile(
                policy(
                        rule(PolicySite.ANY, 1, 64, SLAB),
                        rule(SITE, 32, 48, PolicyRule.LEAVE),
                        rule(SITE, 100, 200, PolicyRule.LEAVE)),
                1);

        assertEquals(2, plan.rules().size());
        assertTrue(plan.rules().get(1).isLeave());
        assertEquals(42, plan.rules().get(1).siteHash());
    }

    @Test
    void shouldSayWhereASiteCallsFromAndWhatWasExpected() {
        ExpectedUse expected = new ExpectedUse(0.5, 0, 1 << 20);
        Plan plan = PolicyCompiler.compile(
                policy(new PolicyRule(
                        EntryPoint.UNSAFE,
                        new PolicySite(42, "com.example.Index.add:17"),
                        1,
                        64,
                        SLAB,
                        1,
                        List.of(),
                        expected)),
                1);

        assertEquals("com.example.Index.add", plan.rules().get(0).siteMethod());
        assertEquals(expected, plan.rules().get(0).expected());
    }

    @Test
    void shouldRefuseOverlapEvenWithALeave() {
        String message = String.valueOf(assertThrows(
                        IllegalArgumentException.class,
                        () -> PolicyCompiler.compile(
                                policy(rule(SITE, 1, 64, SLAB), rule(SITE, 64, 65, PolicyRule.LEAVE)), 1))
                .getMessage());

        assertTrue(message.contains("rules 1 and 2"), message);
        assertTrue(message.contains("000000000000002a"), message);
    }

    /** What no rule names between two goes to the upper one. */
    @Test
    void shouldKeepWhatIsLeftBetweenTwoRules() {
        Plan plan = PolicyCompiler.compile(
                policy(
                        rule(PolicySite.ANY, 0, 0, PolicyRule.LEAVE),
                        rule(PolicySite.ANY, 1, 64, SLAB),
                        rule(PolicySite.ANY, 65, 128, PolicyRule.LEAVE),
                        rule(SITE, 1, 8, SLAB),
                        rule(SITE, 9, 16, PolicyRule.LEAVE),
                        rule(SITE, 17, 32, SLAB),
                        rule(PolicySite.ANY, 129, 256, SLAB),
                        rule(PolicySite.ANY, 257, 512, PolicyRule.LEAVE)),
                1);

        assertEquals(
                List.of(65L, 9L),
                plan.rules().stream()
                        .filter(PlanRule::isLeave)
                        .map(PlanRule::minByteSize)
                        .toList());
    }

    @Test
    void shouldTakeTheSystemsHeapForTheJdksPath() {
        AllocatorSpec system = AllocatorSpec.of("system");
        assertEquals(
                List.of(),
                PolicyCompiler.compile(policy(rule(PolicySite.ANY, 1, 64, system)), 1)
                        .rules());
        Plan plan = PolicyCompiler.compile(
                policy(
                        rule(PolicySite.ANY, 1, 64, SLAB),
                        rule(PolicySite.ANY, 65, 128, system),
                        rule(PolicySite.ANY, 129, 256, SLAB)),
                1);
        assertEquals(PolicyRule.LEAVE, plan.rules().get(1).spec());
    }

    @Test
    void shouldRefuseFramesTwice() {
        AllocatorSpec bump = AllocatorSpec.of("bump");
        String message = String.valueOf(assertThrows(
                        IllegalArgumentException.class,
                        () -> PolicyCompiler.compile(policy(confined(1, 64, bump), confined(65, 128, bump)), 1))
                .getMessage());
        assertTrue(message.contains("rules 1 and 2 both cut ARENA_CONFINED from frames"), message);
    }

    @Test
    void shouldSayWhatIsServedOtherwise() {
        Policy policy = policy(
                new PolicyRule(EntryPoint.ARENA_GLOBAL, PolicySite.ANY, 1, 64, SLAB, 1, List.of()),
                new PolicyRule(EntryPoint.MAPPED_FILE, PolicySite.ANY, 1, 64, SLAB, 1, List.of()),
                new PolicyRule(EntryPoint.MAPPED_FILE, PolicySite.ANY, 65, 128, PolicyRule.LEAVE, 1, List.of()),
                confined(65, 128, AllocatorSpec.of("bump")));

        assertEquals(
                List.of(
                        "frames serve ARENA_CONFINED from the smallest size on, not from 65 bytes as its rule says",
                        "ARENA_GLOBAL, MAPPED_FILE cannot be served, whatever the policy says: the JDK serves it"),
                PolicyNotes.of(policy));
        assertEquals(1, PolicyCompiler.compile(policy, 1).rules().size());
        assertEquals(List.of(), PolicyNotes.of(policy(rule(PolicySite.ANY, 65, 128, SLAB))));
    }

    private static PolicyRule confined(long min, long max, AllocatorSpec spec) {
        return new PolicyRule(EntryPoint.ARENA_CONFINED, PolicySite.ANY, min, max, spec, 1, List.of());
    }

    private static Policy policy(PolicyRule... rules) {
        return new Policy("app", 1, 0, "2 runs", "time", List.of(rules));
    }

    private static PolicyRule rule(PolicySite site, long min, long max, AllocatorSpec spec) {
        return new PolicyRule(EntryPoint.UNSAFE, site, min, max, spec, 1, List.of());
    }
}
