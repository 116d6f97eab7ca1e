// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.bench.cli.Metalloc.Ended;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteProfile;
import dev.metalloc.profiler.io.ProfileReader;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Libraries that cut buffers out of chunks: a profile knows both. */
class BufferPoolsIT {

    @TempDir
    Path scratch;

    private Profile profiled(List<String> application) throws Exception {
        Metalloc metalloc = new Metalloc(scratch);
        Ended plain = metalloc.run(application);
        assertEquals(0, plain.exitCode(), plain.err());
        Ended run = metalloc.run(Metalloc.behind(List.of("profile", "-o", "p.mprof", "--mode", "full"), application));
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(plain.out(), run.out());
        Profile profile = ProfileReader.read(scratch.resolve("p.mprof"));
        assertTrue(profile.run().lacks().isEmpty(), profile.run().lacks().toString());
        assertTrue(run.err().contains(" pools: "), run.err());
        return profile;
    }

    private static String userOf(Profile profile, EntryPoint pool) {
        return profile.sites().stream()
                .filter(site -> site.entryPoint() == pool)
                .findFirst()
                .map(SiteProfile::frames)
                .map(frames -> frames.get(0).className())
                .orElse("nobody");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pooled", "adaptive"})
    void shouldSeeNettysBuffersAndTheirChunks(String pool) throws Exception {
        Profile profile = profiled(Metalloc.java(NettyApplication.class.getName(), pool));
        EntryPointProfile netty = profile.entryPoint(EntryPoint.NETTY).orElseThrow();
        long begun = NettyApplication.SHORT_LIVED + 2L * NettyApplication.GROWING + NettyApplication.STAYING;
        assertEquals(begun, netty.allocateCount());
        assertEquals(begun - NettyApplication.STAYING, netty.freeCount());
        assertEquals(0, netty.unknownFreeCount());
        assertEquals(
                NettyApplication.GROWING,
                netty.bands().stream().mapToLong(b -> b.growCount()).sum());
        long grownBytes = (long) NettyApplication.GROWING * NettyApplication.GROWN_BYTES;
        assertEquals(
                (begun - NettyApplication.GROWING) * NettyApplication.BUFFER_BYTES + grownBytes, netty.allocateBytes());
        assertEquals(NettyApplication.class.getName(), userOf(profile, EntryPoint.NETTY));
        long chunkBytes = profile.allocateBytes();
        assertTrue(chunkBytes > 100_000 && profile.allocateCount() < 1_000, "chunks: " + profile.allocateCount());
        assertTrue(profile.peakLiveBytes() <= chunkBytes, "buffers are no memory of their own");
    }

    @Test
    void shouldSeeArrowsBuffers() throws Exception {
        List<String> application = Metalloc.java(ArrowApplication.class.getName());
        int classPath = application.indexOf("-cp") + 1;
        application.set(classPath, application.get(classPath) + File.pathSeparator + arrowJars());
        application.addAll(
                1,
                List.of(
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Darrow.memory.debug.allocator=false"));
        Profile profile = profiled(application);
        EntryPointProfile arrow = profile.entryPoint(EntryPoint.ARROW).orElseThrow();
        long begun = ArrowApplication.BUFFERS + ArrowApplication.TRANSFERRED + ArrowApplication.STAYING;
        assertEquals(begun, arrow.allocateCount());
        assertEquals(begun - ArrowApplication.STAYING, arrow.freeCount());
        assertEquals(0, arrow.unknownFreeCount());
        assertEquals(begun * ArrowApplication.ROUNDED_BYTES, arrow.allocateBytes());
        assertEquals(ArrowApplication.class.getName(), userOf(profile, EntryPoint.ARROW));
        long memoryCount = profile.entryPoint(EntryPoint.UNSAFE).orElseThrow().allocateCount();
        assertTrue(memoryCount >= begun, "" + memoryCount);
    }

    private static String arrowJars() {
        String jars = Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
                .filter(path -> path.contains("arrow-") || path.contains("slf4j-api"))
                .collect(Collectors.joining(File.pathSeparator));
        assertFalse(jars.isEmpty());
        return jars;
    }
}
