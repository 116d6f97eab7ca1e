// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyCompiler;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrictConflictTest {

    private static final PolicyRule SMALL = rule(EntryPoint.UNSAFE, 1, 64, AllocatorSpec.of("slab"));
    private static final PolicyRule LARGE = rule(EntryPoint.UNSAFE, 65, 4096, AllocatorSpec.of("buddy"));
    private static final PolicyRule LEFT = rule(EntryPoint.UNSAFE, 5000, 6000, PolicyRule.LEAVE);
    private static final PolicyRule BUFFERS = rule(EntryPoint.DIRECT_BUFFER, 1, 4096, AllocatorSpec.of("slab"));
    private static final Policy POLICY =
            new Policy("app", 3, 1000, "a profile", "time", List.of(SMALL, LARGE, LEFT, BUFFERS));

    @TempDir
    Path folder;

    private List<Path> classPath;

    @BeforeEach
    void makeJar() throws IOException {
        Path jar = folder.resolve("store-2.0.jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("empty"));
        }
        classPath = List.of(jar);
    }

    @Test
    void shouldDropRulesThatServeWhatAStrictSeedLeaves() {
        List<StrictConflict> conflicts = conflicts("leave", 100, true);

        assertEquals(
                List.of(LARGE), conflicts.stream().map(StrictConflict::rule).toList());
        assertEquals("UNSAFE buddy for sizes 65 to 4096", conflicts.getFirst().ruleWords());
        assertEquals(
                "seed store (a:store 2.0) is strict: a reason",
                conflicts.getFirst().seedWords());
        Policy left = StrictConflict.without(POLICY, conflicts);
        assertEquals(List.of(SMALL, rule(EntryPoint.UNSAFE, 65, 4096, PolicyRule.LEAVE), LEFT, BUFFERS), left.rules());
        assertEquals(3, left.version());
    }

    /** A gap between two rules goes to the upper one, which would serve what is strictly left. */
    @Test
    void shouldLeaveThemBetweenTwoOtherRules() {
        PolicyRule larger = rule(EntryPoint.UNSAFE, 4097, 8192, AllocatorSpec.of("segregated"));
        Policy policy = new Policy("app", 3, 1000, "a profile", "time", List.of(SMALL, LARGE, larger));
        List<StrictConflict> conflicts = conflicts("leave", 100, true);

        Plan plan = PolicyCompiler.compile(StrictConflict.without(policy, conflicts), 1);

        assertEquals(3, plan.rules().size());
        assertTrue(plan.rules().get(1).isLeave());
        assertEquals(4096, plan.rules().get(1).maxByteSize());
    }

    @Test
    void shouldSeeNoConflictWithOtherSeeds() {
        assertEquals(List.of(), conflicts("leave", 1, false));
        assertEquals(List.of(), conflicts("slab", 1, true));
        assertEquals(List.of(), conflicts("leave", 4097, true));
        classPath = List.of();
        assertEquals(List.of(), conflicts("leave", 1, true));
    }

    private List<StrictConflict> conflicts(String allocator, long minByteSize, boolean strict) {
        SeedRule rule = new SeedRule(
                EntryPoint.UNSAFE,
                "*",
                minByteSize,
                Long.MAX_VALUE,
                AllocatorSpec.of(allocator),
                strict,
                1,
                List.of("a reason"));
        Seed seed = new Seed(
                "store",
                "x",
                List.of("a:store"),
                new VersionRange("[1,)"),
                List.of("a.B"),
                List.of(),
                "",
                List.of(rule),
                List.of(new Evidence("c", "https://x", "2026-01-01", "b")));
        return StrictConflict.of(POLICY, new SeedCatalog(List.of(seed)), classPath);
    }

    private static PolicyRule rule(EntryPoint entryPoint, long minByteSize, long maxByteSize, AllocatorSpec allocator) {
        return new PolicyRule(entryPoint, PolicySite.ANY, minByteSize, maxByteSize, allocator, 1, List.of());
    }
}
