// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static dev.metalloc.agent.TestPlan.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.Callers;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.io.ProfileReader;
import example.app.KeptBlocks;
import example.app.LateHandles;
import example.app.MallocHandles;
import example.app.NettyDirectBuffers;
import example.app.NoMemory;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCounted;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of malloc that a class links for itself: served where it is Netty's cleaner, and nowhere else. */
class MallocDowncallIT {

    /** Netty then has nothing better than malloc and free. */
    private static final String NO_UNSAFE = "-Dio.netty.noUnsafe=true";

    private static final PlanRule SLAB = rule(EntryPoint.MALLOC_DOWNCALL, 1, 4_096, "slab");

    @TempDir
    Path folder;

    private ChildJvm dispatched(long limitBytes, PlanRule... rules) throws Exception {
        Path plan = folder.resolve("test.plan");
        PlanFormat.write(plan, new Plan("known", "a test", limitBytes, List.of(rules)));
        return new ChildJvm(folder).agent("run,plan=" + plan + ",cache=" + folder.resolve("cache"));
    }

    private static ChildJvm withNetty(ChildJvm child) throws Exception {
        StringBuilder path = new StringBuilder(System.getProperty("metalloc.testClasses"));
        for (Class<?> type : List.of(ByteBuf.class, ReferenceCounted.class)) {
            path.append(File.pathSeparatorChar)
                    .append(Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI()));
        }
        return child.classPath(Path.of(path.toString())).option(NO_UNSAFE);
    }

    private static String served(long count, String allocator) {
        return String.format(Locale.ROOT, "MALLOC_DOWNCALL %,d blocks by %s", count, allocator);
    }

    private static void assertSame(ChildJvm.Result plain, ChildJvm.Result result) {
        assertEquals(plain.out(), result.out(), result.err());
        assertEquals(0, result.exitCode(), result.err());
        assertFalse(result.err().contains("refused"), result.err());
        assertFalse(result.err().contains("internal error"), result.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"slab", "segregated", "buddy"})
    void shouldServeNettysBuffers(String allocator) throws Exception {
        ChildJvm.Result plain = withNetty(new ChildJvm(folder)).run(NettyDirectBuffers.class);
        // The second start takes the short way.
        for (int start = 0; start < 2; start++) {
            ChildJvm.Result result = withNetty(dispatched(0, rule(EntryPoint.MALLOC_DOWNCALL, 1, 4_096, allocator)))
                    .run(NettyDirectBuffers.class);
            assertSame(plain, result);
            assertTrue(TestPlan.said(result).contains(served(NettyDirectBuffers.BUFFERS, allocator)), result.err());
        }
    }

    /** Nobody frees through another free, so whatever is compiled how, all comes back. */
    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseZGC", "-Xint", "-XX:TieredStopAtLevel=1", "--illegal-native-access=warn"})
    void shouldDoWhatTheLibraryDoes(String option) throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).option(option).run(KeptBlocks.class);
        ChildJvm.Result result = dispatched(0, SLAB).option(option).run(KeptBlocks.class);
        assertSame(plain, result);
        assertTrue(TestPlan.said(result).contains(served(KeptBlocks.SERVED, "slab")), result.err());
    }

    @Test
    void shouldPassTheJvmsVerifier() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KeptBlocks.class);
        ChildJvm.Result result = dispatched(0, SLAB)
                .option("-XX:+UnlockDiagnosticVMOptions")
                .option("-XX:+BytecodeVerificationLocal")
                .option("-Xshare:off")
                .run(KeptBlocks.class);
        assertSame(plain, result);
    }

    @Test
    void shouldLeaveHandlesOfOtherClasses() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(MallocHandles.class);
        ChildJvm.Result result = dispatched(0, SLAB).run(MallocHandles.class);
        assertSame(plain, result);
        assertTrue(TestPlan.said(result).contains(served(0, "slab")), result.err());
    }

    @Test
    void shouldFallBackToTheLibraryWhereThereIsNoMemory() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KeptBlocks.class);
        ChildJvm.Result result = dispatched(
                        256 << 10, rule(EntryPoint.MALLOC_DOWNCALL, 1, 4_096, "slab", Map.of("slabBytes", "65536")))
                .run(KeptBlocks.class);
        assertSame(plain, result);
        assertFalse(TestPlan.said(result).contains(served(KeptBlocks.SERVED, "slab")), result.err());
    }

    /** After a failure inside a hook blocks of ours are freed as ever. */
    @ParameterizedTest
    @ValueSource(ints = {1, 6, 40, 700})
    void shouldGoBackToTheLibraryAfterAFailure(int calls) throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KeptBlocks.class);
        ChildJvm.Result result = dispatched(0, SLAB)
                .option("-Dmetalloc.test.faultAfterCalls=" + calls)
                .run(KeptBlocks.class);
        assertEquals(plain.out(), result.out(), result.err());
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.err().contains("went back to the JDK after an internal error"), result.err());
    }

    @Test
    void shouldServeHandlesThatAreLinkedAfterALateStart() throws Exception {
        Path plan = folder.resolve("late.plan");
        PlanFormat.write(plan, new Plan("known", "a test", 0, List.of(SLAB)));
        ChildJvm child = new ChildJvm(folder).option("-XX:+EnableDynamicAgentLoading");
        Process process = child.start(LateHandles.class);
        try {
            ProfileModeIT.awaitThat(
                    process, () -> Files.readAllLines(child.out().toPath()).contains("ready"));
            VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
            machine.loadAgent(ChildJvm.agentJar().toString(), "run,plan=" + plan);
            machine.detach();
            process.getOutputStream().write('\n');
            process.getOutputStream().close();
            ChildJvm.Result result = child.await(process);
            assertEquals(0, result.exitCode(), result.err());
            assertTrue(result.out().contains("done"), result.err());
            assertTrue(TestPlan.said(result).contains(served(LateHandles.BLOCKS, "slab")), result.err());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldHookTheLinkerOnlyWhereARuleNeedsIt() throws Exception {
        String log = folder.resolve("classes.log").toString();
        for (PlanRule rule : List.of(rule(EntryPoint.UNSAFE, 1, 4_096, "slab"), SLAB)) {
            for (int start = 0; start < 2; start++) {
                ChildJvm.Result result = dispatched(0, rule)
                        .option("-Xlog:class+load:file=" + log)
                        .run(NoMemory.class);
                assertEquals(0, result.exitCode(), result.err());
                String loaded = Files.readString(Path.of(log));
                assertEquals(
                        rule.equals(SLAB),
                        loaded.contains("jdk.internal.foreign.abi.AbstractLinker "),
                        rule.toString());
                assertFalse(loaded.contains("MetallocServedHandles"), "memory was asked for");
            }
        }
    }

    @Test
    void shouldTellInAProfileWhoseHandlesWereCalled() throws Exception {
        assertEquals(Callers.KEEPERS, profiled(NettyDirectBuffers.class).callers());
        assertEquals(
                NettyDirectBuffers.BUFFERS, profiled(NettyDirectBuffers.class).allocateCount());
        assertEquals(Callers.OTHERS, profiled(MallocHandles.class).callers());
        assertEquals(Callers.OTHERS, profiled(KeptBlocks.class).callers());
    }

    private EntryPointProfile profiled(Class<?> main) throws Exception {
        Path file = folder.resolve("test.mprof");
        ChildJvm.Result result = withNetty(
                        new ChildJvm(folder).agent("profile,out=" + file + ",cache=" + folder.resolve("cache")))
                .run(main);
        assertEquals(0, result.exitCode(), result.err());
        return ProfileReader.read(file).entryPoint(EntryPoint.MALLOC_DOWNCALL).orElseThrow();
    }
}
