// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.PolicyCompiler;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeededPolicyTest {

    @Test
    void shouldLetADispatchingRuleGoBeforeOneThatLeaves() {
        SeededPolicy policy = SeededPolicy.of(
                "app",
                List.of(
                        found("pool", rule("leave", 0, Long.MAX_VALUE, false, 1)),
                        found("blocks", rule("buddy", 100, 200, false, 0.5))),
                7);

        assertEquals(List.of("leave 0..99", "buddy 100..200", "leave 201.." + Long.MAX_VALUE), rules(policy));
        assertTrue(policy.dispatches());
        assertEquals(1, PolicyCompiler.compile(policy.policy(), 1000).rules().size());
        assertTrue(
                policy.explanation().stream()
                        .anyMatch(line -> line.equals("UNSAFE leave: seed pool yields sizes 100 to 200 to seed blocks"
                                + " (group:blocks 1.0)")),
                () -> String.join("\n", policy.explanation()));
        assertTrue(policy.policy().provenance().contains("blocks (group:blocks 1.0)"));
    }

    @Test
    void shouldLetAStrictRuleGoBeforeAll() {
        SeededPolicy policy = SeededPolicy.of(
                "app",
                List.of(
                        found("blocks", rule("buddy", 100, 200, false, 1)),
                        found("strict", rule("leave", 0, 150, true, 0.1))),
                7);

        assertEquals(List.of("leave 0..150", "buddy 151..200"), rules(policy));
    }

    @Test
    void shouldLetTheSurerOfTwoDispatchingRulesGoFirst() {
        List<FoundPackage> packages =
                List.of(found("a", rule("slab", 1, 100, false, 0.4)), found("b", rule("buddy", 50, 60, false, 0.6)));

        assertEquals(List.of("slab 1..49", "buddy 50..60", "slab 61..100"), rules(SeededPolicy.of("app", packages, 7)));
        assertEquals(rules(SeededPolicy.of("app", packages, 7)), rules(SeededPolicy.of("app", packages.reversed(), 7)));
    }

    @Test
    void shouldSayWhatIsNotCovered() {
        Seed seed = new Seed(
                "native",
                "x",
                List.of("g:a"),
                new VersionRange("[1,)"),
                List.of("a.B"),
                List.of(),
                "it allocates in native code",
                List.of(),
                List.of(new Evidence("c", "https://x", "2026-01-01", "b")));
        SeededPolicy policy = SeededPolicy.of(
                "app", List.of(new FoundPackage(seed, "g:a", "1", FoundPackage.How.JAR_NAME, Path.of("a.jar"))), 7);

        assertFalse(policy.dispatches());
        assertEquals(
                List.of("seed native (g:a 1): found by the jar's name in a.jar;"
                        + " not covered: it allocates in native code"),
                policy.explanation());
    }

    private static List<String> rules(SeededPolicy policy) {
        return policy.policy().rules().stream().map(SeededPolicyTest::text).toList();
    }

    private static String text(PolicyRule rule) {
        return rule.allocator().allocator() + " " + rule.minByteSize() + ".." + rule.maxByteSize();
    }

    private static SeedRule rule(String allocator, long min, long max, boolean strict, double confidence) {
        return new SeedRule(
                EntryPoint.UNSAFE, "*", min, max, AllocatorSpec.of(allocator), strict, confidence, List.of("a reason"));
    }

    private static FoundPackage found(String name, SeedRule... rules) {
        Seed seed = new Seed(
                name,
                name,
                List.of("group:" + name),
                new VersionRange("[1,)"),
                List.of("a.B"),
                List.of(),
                "",
                List.of(rules),
                List.of(new Evidence("c", "https://x", "2026-01-01", "b")));
        return new FoundPackage(seed, "group:" + name, "1.0", FoundPackage.How.COORDINATES, Path.of("x.jar"));
    }
}
