// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.bench.cli.Metalloc.Ended;
import dev.metalloc.bench.workload.cache.OffHeapCacheWorkload;
import dev.metalloc.bench.workload.demo.DemoWorkload;
import dev.metalloc.bench.workload.netty.NettyWorkload;
import dev.metalloc.bench.workload.zlib.ZlibWorkload;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import dev.metalloc.policy.PolicyToml;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Real applications profiled, chosen for and run again: they must compute the same, and be counted exactly. */
class EndToEndIT {

    private static final Pattern COUNT = Pattern.compile("([A-Z_]+)=(\\d+)");

    @TempDir
    Path scratch;

    static Stream<Arguments> applications() {
        return Stream.of(
                Arguments.of(ZlibWorkload.class, "records=20000"),
                Arguments.of(OffHeapCacheWorkload.class, "operations=100000"),
                Arguments.of(OffHeapCacheWorkload.class, "library=infinispan operations=100000"),
                Arguments.of(NettyWorkload.class, "requests=8000"),
                Arguments.of(DemoWorkload.class, "requests=50000"));
    }

    @ParameterizedTest
    @MethodSource("applications")
    void shouldComputeTheSameAndBeCountedExactly(Class<?> mainClass, String arguments) throws Exception {
        Metalloc metalloc = new Metalloc(scratch);
        List<String> application = Metalloc.java(mainClass.getName(), arguments.split(" "));
        Ended plain = metalloc.run(application);
        assertEquals(0, plain.exitCode(), plain.err());

        Path file = scratch.resolve("application.mprof");
        Ended profiled = metalloc.run(Metalloc.behind(List.of("profile", "-o", file.toString()), application));
        assertEquals(0, profiled.exitCode(), profiled.err());
        assertEquals(plain.out(), profiled.out());
        assertCounts(plain.out(), ProfileReader.read(file));

        assertAnswersAsPromised(metalloc.metalloc("recommend", mainClass.getName(), "--json"), mainClass.getName());

        Ended run = metalloc.run(Metalloc.behind(List.of("run"), application));
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(plain.out(), run.out());
        assertTrue(run.err().contains("metalloc: "), run.err());
    }

    static Stream<Arguments> dispatchedApplications() {
        return Stream.of(
                Arguments.of(ZlibWorkload.class, "records=20000", "ARENA_CONFINED"),
                Arguments.of(OffHeapCacheWorkload.class, "operations=100000", "UNSAFE"),
                Arguments.of(OffHeapCacheWorkload.class, "library=infinispan operations=100000", "MALLOC_DOWNCALL"),
                Arguments.of(NettyWorkload.class, "requests=8000", "MALLOC_DOWNCALL"),
                Arguments.of(DemoWorkload.class, "requests=50000", "ARENA_CONFINED"));
    }

    /** Short runs are left alone as a rule; this policy serves them all the same. */
    @ParameterizedTest
    @MethodSource("dispatchedApplications")
    void shouldComputeTheSameWhereEverythingIsServed(Class<?> mainClass, String arguments, String served)
            throws Exception {
        Metalloc metalloc = new Metalloc(scratch);
        List<String> application = Metalloc.java(mainClass.getName(), arguments.split(" "));
        Ended plain = metalloc.run(application);
        Path policy = scratch.resolve("everything.toml");
        Files.writeString(policy, PolicyToml.write(everything(mainClass.getName())));

        Ended run = metalloc.run(Metalloc.behind(List.of("run", "--policy", policy.toString()), application));
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(plain.out(), run.out());
        Matcher count = Pattern.compile(served + " ([0-9,]+) (arenas|blocks)").matcher(run.err());
        assertTrue(count.find(), run.err());
        assertTrue(Long.parseLong(count.group(1).replace(",", "")) > 1000, run.err());
    }

    private static Policy everything(String app) {
        List<PolicyRule> rules = new ArrayList<>();
        rules.add(rule(EntryPoint.ARENA_CONFINED, 0, 65_536, "bump"));
        for (EntryPoint entryPoint : List.of(
                EntryPoint.ARENA_SHARED, EntryPoint.DIRECT_BUFFER, EntryPoint.UNSAFE, EntryPoint.MALLOC_DOWNCALL)) {
            rules.add(rule(entryPoint, 0, 32_768, "slab"));
            rules.add(rule(entryPoint, 32_769, 8 << 20, "segregated"));
        }
        return new Policy(app, 1, 0, "a test", "balanced", rules);
    }

    private static PolicyRule rule(EntryPoint entryPoint, long min, long max, String allocator) {
        return new PolicyRule(
                entryPoint, PolicySite.ANY, min, max, AllocatorSpec.of(allocator), 1, List.of("as the test says"));
    }

    private static void assertCounts(String outcome, Profile profile) {
        Matcher count = COUNT.matcher(outcome.substring(outcome.indexOf("allocations=") + "allocations=".length()));
        while (count.find()) {
            EntryPoint entryPoint = EntryPoint.valueOf(count.group(1));
            long counted = profile.entryPoint(entryPoint)
                    .map(EntryPointProfile::allocateCount)
                    .orElse(0L);
            assertEquals(Long.parseLong(count.group(2)), counted, entryPoint.name());
        }
    }

    private static void assertAnswersAsPromised(Ended recommend, String app) throws IOException {
        assertEquals(0, recommend.exitCode(), recommend.err());
        JsonNode answer = new ObjectMapper().readTree(recommend.out());
        assertEquals(app, answer.path("app").asText());
        assertEquals(1, answer.path("runs").asInt());
        assertTrue(answer.path("flags").isArray(), recommend.out());
        assertTrue(answer.path("verdicts").size() > 0, recommend.out());
        for (JsonNode verdict : answer.path("verdicts")) {
            for (String field : List.of(
                    "entryPoint", "site", "minBytes", "maxBytes", "allocator", "parameters", "confidence", "reasons")) {
                assertTrue(verdict.has(field), field + " is missing in " + verdict);
            }
            for (String field :
                    List.of("nanosPerEventBefore", "nanosPerEventAfter", "peakBytesBefore", "peakBytesAfter")) {
                assertTrue(verdict.path("expected").has(field), field + " is missing in " + verdict);
            }
        }
    }
}
