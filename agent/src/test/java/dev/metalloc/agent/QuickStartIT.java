// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import dev.metalloc.agent.train.ImageFile;
import dev.metalloc.agent.train.PreparedImage;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.plan.ExpectedUse;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import example.app.ArenaSemantics;
import example.app.EventSource;
import example.app.KnownCounts;
import example.app.NoMemory;
import example.app.Steps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The second start in run mode, which takes the short way, and what sends it the long one. */
class QuickStartIT {

    private static final String LONG_WAY = "dev.metalloc.agent.HookInstaller ";
    private static final String ACCESS = "jdk.internal.foreign.MetallocRunState ";

    @TempDir
    Path folder;

    @BeforeEach
    void prepare() throws Exception {
        assertEquals(0, java(javaagent(plan())).run(NoMemory.class).exitCode());
        assertTrue(loaded().contains(LONG_WAY), "the first start makes the image");
    }

    private static List<PlanRule> everything() {
        List<PlanRule> rules = new ArrayList<>();
        rules.add(rule(EntryPoint.ARENA_CONFINED, 0, 65_536, "bump"));
        rules.add(rule(EntryPoint.ARENA_CONFINED, 65_537, 8 << 20, "segregated"));
        for (EntryPoint entryPoint :
                List.of(EntryPoint.ARENA_SHARED, EntryPoint.ARENA_AUTO, EntryPoint.DIRECT_BUFFER, EntryPoint.UNSAFE)) {
            rules.add(rule(entryPoint, 0, 8 << 20, "segregated"));
        }
        return rules;
    }

    private static PlanRule rule(EntryPoint entryPoint, long min, long max, String allocator) {
        return new PlanRule(entryPoint, PlanRule.ANY_SITE, min, max, new AllocatorSpec(allocator, Map.of()));
    }

    private Path plan(PlanRule... more) throws Exception {
        List<PlanRule> rules = new ArrayList<>(everything());
        rules.addAll(Arrays.asList(more));
        Path plan = folder.resolve("test.plan");
        PlanFormat.write(plan, new Plan("known", "a test", 0, rules));
        return plan;
    }

    private String arguments(Path plan) {
        return "run,plan=" + plan + ",cache=" + folder.resolve("cache");
    }

    private String javaagent(Path plan) {
        return "-javaagent:" + ChildJvm.agentJar() + "=" + arguments(plan);
    }

    /** As the launcher starts an application. */
    private String library(Path plan) {
        String jar = ChildJvm.agentJar().toString().replace(".jar", "-start.jar");
        return "-agentlib:instrument=" + jar + "=" + arguments(plan);
    }

    private ChildJvm java(String... options) {
        ChildJvm child = new ChildJvm(folder).option("-Xlog:class+load:file=" + folder.resolve("classes.log"));
        for (String option : options) {
            child.option(option);
        }
        return child;
    }

    private String loaded() throws Exception {
        return Files.readString(folder.resolve("classes.log"));
    }

    private static void assertServed(ChildJvm.Result result) {
        assertEquals(0, result.exitCode(), result.err());
        List<String> said =
                result.err().lines().filter(l -> l.startsWith("metalloc: ")).toList();
        assertEquals(1, said.size(), result.err());
        assertTrue(said.get(0).contains("ARENA_CONFINED 1,000 arenas from frames"), result.err());
        assertTrue(said.get(0).contains("DIRECT_BUFFER 400 blocks"), result.err());
        assertTrue(said.get(0).contains("ARENA_SHARED 50 blocks"), result.err());
    }

    @Test
    void shouldServeTheSame() throws Exception {
        ChildJvm.Result plain = java().run(KnownCounts.class);
        for (String option : List.of(javaagent(plan()), library(plan()))) {
            ChildJvm.Result result = java(option).run(KnownCounts.class);
            assertEquals(plain.out(), result.out());
            assertServed(result);
            assertTrue(loaded().contains(ACCESS), option);
            assertFalse(loaded().contains(LONG_WAY), option);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-XX:+UseG1GC", "-XX:+UseZGC", "-Xint", "-XX:TieredStopAtLevel=1", "--illegal-native-access=deny"
            })
    void shouldNotChangeWhatArenasDo(String option) throws Exception {
        String rounds = option.equals("-Xint") ? "1" : "3";
        ChildJvm.Result plain = java(option).run(ArenaSemantics.class, rounds);
        ChildJvm.Result result = java(library(plan()), option).run(ArenaSemantics.class, rounds);
        assertEquals(plain.out(), result.out());
        assertEquals(0, result.exitCode(), result.err());
        assertFalse(loaded().contains(LONG_WAY), "the short way");
    }

    /** Boot classes are not verified by default: wrong code in them is a crash. */
    @Test
    void shouldPassTheJvmsVerifier() throws Exception {
        ChildJvm.Result result = java(
                        library(plan()),
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:+BytecodeVerificationLocal",
                        "-Xshare:off")
                .run(KnownCounts.class);
        assertServed(result);
        assertFalse(loaded().contains(LONG_WAY), "the short way");
    }

    @Test
    void shouldLeaveTheClassItGoesThroughAsItWas() throws Exception {
        assertEquals(
                "same true", java(library(plan())).run(EventSource.class).out().strip());
        assertTrue(loaded().contains(ACCESS), "the agent was there");
    }

    /** The class of which others are defined in java.base must not stay as it is then. */
    @Test
    void shouldLeaveThatClassAsItWasWhereTheHooksAreRefused() throws Exception {
        String key = ImageKey.of(AgentMode.RUN, ChildJvm.agentJar().toFile());
        Path file = folder.resolve("cache").resolve(ImageKey.fileName(AgentMode.RUN, key));
        PreparedImage image = Objects.requireNonNull(ImageFile.read(file, key));
        List<PreparedImage.HookedClassFile> noClasses = new ArrayList<>();
        for (PreparedImage.HookedClassFile hooked : image.hookedClasses()) {
            noClasses.add(new PreparedImage.HookedClassFile(
                    hooked.group(), hooked.name(), hooked.originalByteSize(), new byte[] {1, 2, 3, 4}));
        }
        ImageFile.write(file, image.withHooked(noClasses));

        ChildJvm.Result result = java(library(plan())).run(EventSource.class);

        assertTrue(result.err().contains("(the application runs untouched)"), result.err());
        assertEquals("same true", result.out().strip(), result.err());
    }

    @Test
    void shouldTakeTheLongWayWithAnotherAgentAndForSites() throws Exception {
        ChildJvm.Result beside = java(
                        "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0", library(plan()))
                .run(KnownCounts.class);
        assertServed(beside);
        assertTrue(loaded().contains(LONG_WAY), "another agent");

        PlanRule site = new PlanRule(
                EntryPoint.UNSAFE,
                77,
                "example.app.KnownCounts.nowhere",
                1,
                4_096,
                new AllocatorSpec("slab", Map.of()),
                ExpectedUse.UNKNOWN);
        ChildJvm.Result sites = java(library(plan(site))).run(KnownCounts.class);
        assertEquals(0, sites.exitCode(), sites.err());
        assertTrue(sites.err().contains("met no call of example.app.KnownCounts"), sites.err());
        assertTrue(loaded().contains(LONG_WAY), "sites");
    }

    @Test
    void shouldMakeADamagedImageAnew() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            for (Path image : files.toList()) {
                byte[] bytes = Files.readAllBytes(image);
                bytes[bytes.length / 20] ^= 1;
                Files.write(image, bytes);
            }
        }
        assertServed(java(library(plan())).run(KnownCounts.class));
        assertTrue(loaded().contains(LONG_WAY), "the damaged one");
        assertServed(java(library(plan())).run(KnownCounts.class));
        assertFalse(loaded().contains(LONG_WAY), "the new one");
    }

    @Test
    void shouldStayOutWhereAnAgentIsLoadedAlready() throws Exception {
        ChildJvm.Result result = java(library(plan()), library(plan())).run(KnownCounts.class);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.err().contains("a Metalloc agent is loaded already"), result.err());
        assertTrue(result.err().contains("ARENA_CONFINED 1,000 arenas from frames"), result.err());
    }

    @Test
    void shouldPauseAndResume() throws Exception {
        ChildJvm child = java(library(plan()), "-XX:+EnableDynamicAgentLoading");
        Process process = child.start(Steps.class);
        try {
            awaitStep(child, process, 0);
            VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
            try {
                machine.loadAgent(ChildJvm.agentJar().toString(), "detach");
                assertEquals(
                        "ended dispatch: new blocks come from the JDK",
                        machine.getSystemProperties().getProperty(MetallocAgent.STATE_PROPERTY, ""));
            } finally {
                machine.detach();
            }
            process.getOutputStream().close();
            ChildJvm.Result result = child.await(process);
            assertEquals(0, result.exitCode(), result.err());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static void awaitStep(ChildJvm child, Process process, int step) throws Exception {
        ProfileModeIT.awaitThat(
                process, () -> Files.readAllLines(child.out().toPath()).contains("step " + step + " wrong 0"));
    }
}
