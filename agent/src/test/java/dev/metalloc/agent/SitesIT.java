// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.plan.ExpectedUse;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules for single sites. The application names {@code sun.misc.Unsafe}, so it is compiled here, where that may warn. */
class SitesIT {

    private static final String MAIN = "example.sites.CallingSites";
    private static final String METHOD = MAIN + ".";

    @TempDir
    Path folder;

    private Path classes;
    private long nextHash = 1;

    @BeforeEach
    void compile() throws Exception {
        classes = folder.resolve("classes");
        Path source = folder.resolve("CallingSites.java");
        try (InputStream in = SitesIT.class.getResourceAsStream("/example/sites/CallingSites.java")) {
            Files.copy(in, source);
        }
        Files.createDirectories(classes);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, new ByteArrayOutputStream(), "-d", classes.toString(), source.toString());
        assertEquals(0, result);
    }

    private ChildJvm.Result plain(String option) throws Exception {
        return run(new ChildJvm(folder).option(option));
    }

    private ChildJvm.Result dispatched(String option, List<PlanRule> rules) throws Exception {
        Path plan = folder.resolve("test.plan");
        PlanFormat.write(plan, new Plan("known", "a test", 0, rules));
        return run(new ChildJvm(folder)
                .agent("run,plan=" + plan + ",cache=" + folder.resolve("cache"))
                .option(option));
    }

    private ChildJvm.Result run(ChildJvm child) throws Exception {
        child.classPath(classes);
        return child.await(child.startNamed(MAIN));
    }

    private static PlanRule forAll(EntryPoint entryPoint, long min, long max, String allocator) {
        return new PlanRule(entryPoint, PlanRule.ANY_SITE, min, max, AllocatorSpec.of(allocator));
    }

    private PlanRule at(String method, EntryPoint entryPoint, long min, long max, String allocator) {
        return new PlanRule(entryPoint, nextHash++, method, min, max, AllocatorSpec.of(allocator), ExpectedUse.UNKNOWN);
    }

    private List<PlanRule> rulesOfSites() {
        return List.of(
                at(METHOD + "addToIndex", EntryPoint.UNSAFE, 0, 1_024, "segregated"),
                at(METHOD + "message", EntryPoint.DIRECT_BUFFER, 1, 1_024, "buddy"),
                at(METHOD + "left", EntryPoint.DIRECT_BUFFER, 1, 1_024, "leave"),
                at(METHOD + "shared", EntryPoint.ARENA_SHARED, 1, 1_024, "slab"),
                at(METHOD + "sharedLeft", EntryPoint.ARENA_SHARED, 1, 1_024, "leave"),
                at(METHOD + "large", EntryPoint.ARENA_CONFINED, 65_536, 1 << 20, "segregated"));
    }

    private List<PlanRule> everything() {
        List<PlanRule> rules = new ArrayList<>(rulesOfSites());
        rules.add(forAll(EntryPoint.UNSAFE, 0, 4_096, "slab"));
        rules.add(forAll(EntryPoint.DIRECT_BUFFER, 0, 4_096, "slab"));
        rules.add(forAll(EntryPoint.ARENA_SHARED, 0, 4_096, "segregated"));
        rules.add(forAll(EntryPoint.ARENA_CONFINED, 0, 4_096, "bump"));
        return rules;
    }

    /** Blocks of the index are allocated once and moved once; one more is looked for by sizes that nobody may use. */
    private static void assertServedAtSites(ChildJvm.Result result) {
        String said = result.err();
        for (String line : List.of(
                "UNSAFE 4,001 blocks by segregated at " + METHOD + "addToIndex",
                "DIRECT_BUFFER 200 blocks by buddy at " + METHOD + "message",
                "DIRECT_BUFFER 200 left to the JDK at " + METHOD + "left",
                "ARENA_SHARED 200 blocks by slab at " + METHOD + "shared")) {
            assertTrue(said.contains(line), said);
        }
        assertTrue(said.contains(" and 2 sites more"), said);
        assertTrue(!said.contains("refused"), said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseSerialGC", "-XX:+UseZGC", "-Xint", "-XX:TieredStopAtLevel=1"})
    void shouldServeSitesApartAndNotChangeOutput(String option) throws Exception {
        ChildJvm.Result plain = plain(option);
        ChildJvm.Result result = dispatched(option, everything());
        assertEquals(plain.out(), result.out(), result.err());
        assertEquals(0, result.exitCode(), result.err());
        assertServedAtSites(result);
        // The rules for all sites serve what comes by references, handles, reflection and lambdas.
        assertTrue(result.err().contains("UNSAFE 2,000 blocks by slab"), result.err());
        assertTrue(result.err().contains("DIRECT_BUFFER 800 blocks by slab"), result.err());
    }

    @Test
    void shouldServeSitesAlone() throws Exception {
        ChildJvm.Result plain = plain("-ea");
        ChildJvm.Result result = dispatched("-ea", rulesOfSites());
        assertEquals(plain.out(), result.out(), result.err());
        assertServedAtSites(result);
    }

    @Test
    void shouldSayWhichRulesItCannotServe() throws Exception {
        List<PlanRule> rules = List.of(
                forAll(EntryPoint.UNSAFE, 0, 4_096, "slab"),
                at("", EntryPoint.UNSAFE, 1, 2, "slab"),
                at(METHOD + "shared", EntryPoint.ARENA_CONFINED, 1, 2, "bump"),
                at(METHOD + "request", EntryPoint.UNSAFE, 1, 200, "buddy"),
                at(METHOD + "request", EntryPoint.UNSAFE, 100, 300, "slab"),
                at("com.example.Absent.call", EntryPoint.UNSAFE, 1, 2, "buddy"));
        ChildJvm.Result result = dispatched("-ea", rules);
        String said = result.err();
        assertTrue(said.contains("UNSAFE at site 1 is not served: the policy does not say where it calls from"), said);
        assertTrue(said.contains("is not served: frames are a thread's, not a site's"), said);
        assertTrue(said.contains("is not served: another rule speaks of the same method and sizes"), said);
        assertTrue(said.contains("UNSAFE 2,000 blocks by buddy at " + METHOD + "request"), said);
        assertTrue(said.contains("met no call of com.example.Absent that the plan names"), said);
        assertTrue(!said.contains("met no call of " + MAIN), said);
    }

    @Test
    void shouldLeaveUnsafeAloneWhereItIsDenied() throws Exception {
        List<PlanRule> rules = List.of(at(METHOD + "addToIndex", EntryPoint.UNSAFE, 0, 1_024, "segregated"));
        String option = "--sun-misc-unsafe-memory-access=deny";
        ChildJvm.Result plain = plain(option);
        ChildJvm.Result result = dispatched(option, rules);
        assertEquals(plain.out(), result.out());
        assertTrue(result.err().contains("sun.misc.Unsafe is denied"), result.err());
    }

    @Test
    void shouldGoOnWithoutFaultyHooks() throws Exception {
        ChildJvm.Result plain = plain("-ea");
        for (int calls : new int[] {1, 2, 1000, 3000}) {
            ChildJvm.Result result = dispatched("-Dmetalloc.test.faultAfterCalls=" + calls, everything());
            assertEquals(plain.out(), result.out(), result.err());
            assertTrue(result.err().contains("injected fault"), result.err());
        }
    }
}
