// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.bench.cli.Metalloc.Ended;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A policy's allocator behind Arrow's default factory. */
class ArrowDispatchIT {

    /** All but the large one, the empty ones and the one of another factory. */
    private static final long SERVED = ArrowBuffersApplication.STARTED_TOGETHER
            + ArrowBuffersApplication.SHORT_LIVED
            + ArrowBuffersApplication.TRANSFERRED
            + ArrowBuffersApplication.HANDED_OVER
            + 2 // to and from a file
            + 1 // Netty's view
            + 1 // limited
            + 1 // released
            + 1; // leaking

    /** As Arrow was before its third version: factories are given another type. */
    private static final String OTHER_SHAPE = """
            package org.apache.arrow.memory;
            class BufferAllocator {}
            class BaseAllocator extends BufferAllocator {}
            class ArrowBuf {}
            abstract class AllocationManager {
                protected AllocationManager(BaseAllocator accounting) {}
                public abstract long getSize();
                protected abstract long memoryAddress();
                protected abstract void release0();
                interface Factory {
                    AllocationManager create(BaseAllocator accounting, long size);
                    ArrowBuf empty();
                }
            }
            class OwnFactory implements AllocationManager.Factory {
                public AllocationManager create(BaseAllocator accounting, long size) { return null; }
                public ArrowBuf empty() { return null; }
            }
            public class DefaultAllocationManagerOption {
                private static AllocationManager.Factory DEFAULT_ALLOCATION_MANAGER_FACTORY = null;
                public static void main(String[] arguments) {
                    DEFAULT_ALLOCATION_MANAGER_FACTORY = new OwnFactory();
                    DEFAULT_ALLOCATION_MANAGER_FACTORY.create(new BaseAllocator(), 1024);
                    System.out.println(DEFAULT_ALLOCATION_MANAGER_FACTORY.getClass().getSimpleName());
                }
            }
            """;

    @TempDir
    Path scratch;

    private static List<String> application(Class<?> type, String... options) {
        List<String> application = Metalloc.java(type.getName());
        int classPath = application.indexOf("-cp") + 1;
        application.set(classPath, application.get(classPath) + File.pathSeparator + libraries());
        application.addAll(
                1, List.of("--add-opens=java.base/java.nio=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        application.addAll(1, List.of(options));
        return application;
    }

    private static String libraries() {
        String jars = Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
                .filter(path -> path.contains("arrow-") || path.contains("slf4j-api") || path.contains("netty-"))
                .collect(Collectors.joining(File.pathSeparator));
        assertFalse(jars.isEmpty());
        return jars;
    }

    private Ended dispatched(String entryPoint, List<String> application) throws Exception {
        Path policy = Files.writeString(scratch.resolve("p.toml"), """
                schema = 1
                app = "any"
                version = 1
                created = "2026-01-31T12:00:00Z"
                [[rule]]
                entryPoint = "%s"
                minBytes = 1
                maxBytes = 65536
                allocator = "slab"
                """.formatted(entryPoint));
        return new Metalloc(scratch).run(Metalloc.behind(List.of("run", "--policy", policy.toString()), application));
    }

    private static long servedCount(Ended run) {
        Matcher served = Pattern.compile("ARROW ([0-9,]+) blocks by slab").matcher(run.err());
        assertTrue(served.find(), run.err());
        return Long.parseLong(served.group(1).replace(",", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Darrow.allocation.manager.type=Unsafe",
                "-Darrow.allocation.manager.type=Netty",
                "-Darrow.memory.debug.allocator=true",
                "-Xint"
            })
    void shouldServeBuffersAndChangeNothingElse(String option) throws Exception {
        List<String> application = application(ArrowBuffersApplication.class, option);
        Ended plain = new Metalloc(scratch).run(application);
        assertEquals(0, plain.exitCode(), plain.err());
        Ended run = dispatched("ARROW", application);
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(plain.out(), run.out());
        assertEquals(SERVED, servedCount(run), run.err());
        assertFalse(run.err().contains("refused"), run.err());
        assertFalse(run.err().contains("stay with"), run.err());
    }

    @Test
    void shouldServeOnAfterTheJavaHeapWasFull() throws Exception {
        Ended run = dispatched("ARROW", application(ArrowFullHeap.class, "-Xmx24m", "-XX:+UseSerialGC"));
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("wrong 0\n", run.out(), run.err());
        assertTrue(servedCount(run) >= ArrowFullHeap.ROUNDS * ArrowFullHeap.BUFFERS, run.err());
    }

    @Test
    void shouldLeaveAnArrowOfAnotherShapeAlone() throws Exception {
        Path source = Files.writeString(scratch.resolve("DefaultAllocationManagerOption.java"), OTHER_SHAPE);
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        assertEquals(0, compiler.run(null, null, null, "-d", scratch.toString(), source.toString()));
        Ended run = dispatched(
                "ARROW",
                List.of(
                        Metalloc.JAVA,
                        "-cp",
                        scratch.toString(),
                        "org.apache.arrow.memory.DefaultAllocationManagerOption"));
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("OwnFactory\n", run.out(), run.err());
        assertTrue(run.err().contains("Arrow's buffers stay with Arrow: "), run.err());
    }

    @Test
    void shouldLeaveArrowAloneWithoutARule() throws Exception {
        Ended run = dispatched("NETTY", application(ArrowBuffersApplication.class));
        assertEquals(0, run.exitCode(), run.err());
        assertFalse(run.err().contains("ARROW"), run.err());
    }
}
