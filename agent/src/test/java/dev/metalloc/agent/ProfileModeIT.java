// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import dev.metalloc.profiler.record.RecorderOptions;
import example.app.ArenaSemantics;
import example.app.ChannelWrites;
import example.app.ConfinedKind;
import example.app.KnownCounts;
import example.app.LibraryFrees;
import example.app.MallocHandles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileModeIT {

    private static final String UNCACHED = "-Djdk.nio.maxCachedBufferSize=1000";

    @TempDir
    Path folder;

    private ChildJvm profiled(String more) {
        return new ChildJvm(folder)
                .agent("profile,out=" + folder.resolve("p.mprof") + ",app=known,cache=" + folder.resolve("cache")
                        + more);
    }

    private Profile profile() throws IOException {
        return ProfileReader.read(folder.resolve("p.mprof"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sampled", "full"})
    void shouldCountExactly(String mode) throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KnownCounts.class);
        ChildJvm.Result result = profiled(",mode=" + mode).run(KnownCounts.class);
        assertEquals(plain.out(), result.out());
        assertEquals(0, result.exitCode(), result.err());
        Profile profile = profile();
        assertTrue(profile.run().complete());
        assertTrue(profile.run().lacks().isEmpty(), profile.run().lacks().toString());
        assertEquals("known", profile.run().app());

        EntryPointProfile confined = entryPoint(profile, EntryPoint.ARENA_CONFINED);
        assertEquals((long) KnownCounts.CONFINED_ARENAS * KnownCounts.BLOCKS_PER_ARENA, confined.allocateCount());
        assertEquals(KnownCounts.CONFINED_ARENAS * (6L + 8 + 200), confined.allocateBytes());
        assertEquals(confined.allocateCount(), confined.freeCount());
        assertEquals(KnownCounts.CONFINED_ARENAS, confined.arenas().openCount());
        assertEquals(KnownCounts.CONFINED_ARENAS, confined.arenas().closeCount());

        EntryPointProfile shared = entryPoint(profile, EntryPoint.ARENA_SHARED);
        assertEquals(KnownCounts.SHARED_ARENAS, shared.allocateCount());
        assertEquals(KnownCounts.SHARED_ARENAS, shared.arenas().closeCount());
        assertEquals(
                KnownCounts.GLOBAL_BLOCKS,
                entryPoint(profile, EntryPoint.ARENA_GLOBAL).allocateCount());
        assertEquals(
                KnownCounts.AUTO_BLOCKS,
                entryPoint(profile, EntryPoint.ARENA_AUTO).allocateCount());

        EntryPointProfile direct = entryPoint(profile, EntryPoint.DIRECT_BUFFER);
        assertEquals(KnownCounts.DIRECT_BUFFERS, direct.allocateCount());
        assertEquals((long) KnownCounts.DIRECT_BUFFERS * KnownCounts.DIRECT_BYTES, direct.allocateBytes());
        assertEquals(KnownCounts.DIRECT_BUFFERS, direct.freeCount());

        EntryPointProfile unsafe = entryPoint(profile, EntryPoint.UNSAFE);
        long blocks = KnownCounts.UNSAFE_BLOCKS
                + 3L * KnownCounts.REALLOCATIONS
                + KnownCounts.REMOTE_FREES
                + KnownCounts.VIRTUAL_BLOCKS;
        assertEquals(blocks, unsafe.allocateCount());
        assertEquals(blocks, unsafe.freeCount());
        assertEquals(unsafe.allocateBytes(), unsafe.freedBytes());
        assertEquals(0, unsafe.unknownFreeCount());
        assertEquals(KnownCounts.VIRTUAL_BLOCKS, unsafe.virtualThreadAllocateCount());
        assertEquals(
                2L * KnownCounts.REALLOCATIONS,
                unsafe.bands().stream().mapToLong(b -> b.reallocateCount()).sum());
        assertTrue(unsafe.bands().stream().mapToLong(b -> b.remoteFreeCount()).sum() >= KnownCounts.REMOTE_FREES);

        EntryPointProfile malloc = entryPoint(profile, EntryPoint.MALLOC_DOWNCALL);
        assertEquals(KnownCounts.MALLOC_BLOCKS, malloc.allocateCount());
        assertEquals(KnownCounts.MALLOC_BLOCKS * 48L, malloc.allocateBytes());
        assertEquals(KnownCounts.MALLOC_BLOCKS, malloc.freeCount());

        long unflushedBytes = RecorderOptions.DEFAULT_LIVE_FLUSH_BYTES;
        // An estimate from the followed blocks: the first of each band surely are, in full mode all.
        long followedBlocks = mode.equals("full") ? KnownCounts.UNSAFE_BLOCKS : RecorderOptions.DEFAULT_CERTAIN_BLOCKS;
        assertTrue(profile.peakLiveBytes() >= followedBlocks * KnownCounts.UNSAFE_BYTES - unflushedBytes);
        // Large blocks, whose sites are sure to be taken.
        assertTrue(
                profile.sites().stream()
                        .anyMatch(s -> s.frames().get(1).methodName().equals("reallocations")
                                && s.estimatedAllocateCount() > 0),
                profile.sites().toString());
    }

    /** Waits until something holds of a child that goes on running. */
    static void awaitThat(Process process, Callable<Boolean> condition) throws Exception {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (process.isAlive() && !condition.call()) {
            if (System.nanoTime() > deadlineNanos) {
                process.destroyForcibly();
                fail("the child did not get there in a minute");
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    private static EntryPointProfile entryPoint(Profile profile, EntryPoint entryPoint) {
        return profile.entryPoint(entryPoint).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-XX:+UseSerialGC", "-XX:+UseZGC", "-XX:TieredStopAtLevel=1", "--illegal-native-access=deny"})
    void shouldNotChangeWhatArenasDo(String option) throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).option(option).run(ArenaSemantics.class);
        assertEquals(0, plain.exitCode(), plain.err());
        ChildJvm.Result result = profiled("").option(option).run(ArenaSemantics.class);
        assertEquals(plain.out(), result.out());
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(profile().run().lacks().isEmpty(), profile().run().lacks().toString());
    }

    @Test
    void shouldLeaveConfinedArenasToTheJdkAndKnowEachOfThem() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(ConfinedKind.class);
        ChildJvm.Result result = profiled("").run(ConfinedKind.class);
        assertEquals(plain.out(), result.out());
        EntryPointProfile confined = entryPoint(profile(), EntryPoint.ARENA_CONFINED);
        assertEquals(ConfinedKind.OPEN_AT_ONCE, confined.arenas().openCount());
        assertEquals(ConfinedKind.OPEN_AT_ONCE, confined.arenas().closeCount());
        assertEquals(ConfinedKind.OPEN_AT_ONCE, confined.arenas().maxOpenCount());
        assertEquals(1, confined.arenas().outOfOrderCloseCount(), "the first one");
        assertEquals(2 * ConfinedKind.OPEN_AT_ONCE - 1, confined.allocateCount());
        assertEquals(confined.allocateCount(), confined.freeCount());
        assertEquals(confined.allocateCount() * ConfinedKind.BLOCK_BYTES, confined.allocateBytes());
    }

    @Test
    void shouldVerify() throws Exception {
        // The JVM does not verify classes of the boot loader by default.
        ChildJvm.Result result = profiled("")
                .option("-XX:+UnlockDiagnosticVMOptions")
                .option("-XX:+BytecodeVerificationLocal")
                .run(KnownCounts.class);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(profile().allocateCount() > 0);
    }

    @Test
    void shouldKeepExitCodesAndProfiles() throws Exception {
        assertEquals(3, profiled("").run(KnownCounts.class, "exit3").exitCode());
        assertTrue(profile().run().complete());
        Files.delete(folder.resolve("p.mprof"));

        ChildJvm.Result thrown = profiled("").run(KnownCounts.class, "throw");
        assertEquals(1, thrown.exitCode());
        assertTrue(thrown.err().contains("as asked"));
        assertTrue(profile().run().complete());
    }

    @Test
    void shouldWriteOnTermination() throws Exception {
        ChildJvm child = profiled("");
        Process process = child.start(KnownCounts.class, "wait");
        awaitThat(process, () -> Files.size(child.out().toPath()) > 0);
        process.destroy();
        assertEquals(128 + 15, child.await(process).exitCode());
        assertTrue(profile().run().complete());
        assertEquals(
                KnownCounts.MALLOC_BLOCKS,
                entryPoint(profile(), EntryPoint.MALLOC_DOWNCALL).allocateCount());
    }

    @Test
    void shouldLeaveAReadableProfileWhenKilled() throws Exception {
        ChildJvm child = profiled("");
        Process process = child.start(KnownCounts.class, "wait");
        Path file = folder.resolve("p.mprof");
        awaitThat(process, () -> Files.exists(file) && profile().allocateCount() > 0);
        process.destroyForcibly();
        child.await(process);
        assertFalse(profile().run().complete());
        assertTrue(profile().allocateCount() > 0);
    }

    @Test
    void shouldGoOnWithoutFaultyHooks() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KnownCounts.class);
        for (int calls : new int[] {0, 1, 1000, 5000}) {
            ChildJvm.Result result = profiled("")
                    .option("-Dmetalloc.test.faultAfterCalls=" + (calls + 1))
                    .run(KnownCounts.class);
            assertEquals(plain.out(), result.out());
            assertEquals(0, result.exitCode());
            assertTrue(result.err().contains("injected fault"), result.err());
            assertFalse(profile().run().lacks().isEmpty());
        }
    }

    @Test
    void shouldSayInOneLineThatTheFileCannotBeWritten() throws Exception {
        ChildJvm.Result result =
                new ChildJvm(folder).agent("profile,out=/proc/nowhere/p.mprof").run(KnownCounts.class);
        assertEquals(0, result.exitCode());
        assertEquals(
                1, result.err().lines().filter(l -> l.startsWith("metalloc: ")).count(), result.err());
    }

    @Test
    void shouldSpoolACopy() throws Exception {
        profiled(",spool=" + folder.resolve("spool")).run(KnownCounts.class);
        try (Stream<Path> copies = Files.list(folder.resolve("spool"))) {
            Path copy = copies.findFirst().orElseThrow();
            assertEquals(-1, Files.mismatch(copy, folder.resolve("p.mprof")));
        }
    }

    @Test
    void shouldRunTwiceOnTheCachedImage() throws Exception {
        profiled("").run(KnownCounts.class);
        try (Stream<Path> images = Files.list(folder.resolve("cache"))) {
            Path image = images.findFirst().orElseThrow();
            profiled("").run(KnownCounts.class);
            assertTrue(profile().run().complete());
            // A damaged image is made anew.
            Files.write(image, new byte[] {1, 2, 3});
            profiled("").run(KnownCounts.class);
            assertTrue(profile().run().complete());
            assertTrue(Files.size(image) > 1000);
        }
    }

    @Test
    void shouldStandAsideForVersion() throws Exception {
        ChildJvm child = profiled("");
        ChildJvm.Result result = child.await(child.start(null, "-version"));
        assertEquals(0, result.exitCode());
        assertTrue(result.err().contains("Runtime Environment"), result.err());
    }

    @Test
    void shouldRefuseASecondAgent() throws Exception {
        ChildJvm.Result result = profiled("")
                .agent("profile,out=" + folder.resolve("second.mprof"))
                .run(KnownCounts.class);
        assertEquals(0, result.exitCode());
        assertTrue(result.err().contains("loaded already"), result.err());
        assertFalse(Files.exists(folder.resolve("second.mprof")));
        assertTrue(profile().run().complete());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",mode=full,trace=t.mtrc.gz"})
    void shouldLeaveHandlesOfMallocWhatTheyAre(String more) throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(MallocHandles.class);
        assertTrue(plain.out().contains("closed: free java.lang.IllegalStateException"), plain.out());
        ChildJvm.Result result = profiled(
                        more.replace("t.mtrc.gz", folder.resolve("t.mtrc.gz").toString()))
                .run(MallocHandles.class);
        assertEquals(plain.out(), result.out());
        assertEquals(0, result.exitCode(), result.err());
        EntryPointProfile malloc = entryPoint(profile(), EntryPoint.MALLOC_DOWNCALL);
        long blocks = MallocHandles.BLOCKS + MallocHandles.REALLOCATIONS;
        assertEquals(blocks, malloc.allocateCount());
        assertEquals(blocks, malloc.freeCount());
        assertEquals(0, malloc.unknownFreeCount());
    }

    @Test
    void shouldEndReallocationsInTheTraceWhereTheStackOverflows() throws Exception {
        ChildJvm.Result result = profiled(",trace=" + folder.resolve("t.mtrc.gz"))
                .option("-Xss512k")
                .run(MallocHandles.class, "overflow");
        assertEquals("overflows=true\n", result.out());
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(profile().run().complete());
    }

    @Test
    void shouldSayThatItsFileIsNotClaimed() throws Exception {
        Files.createDirectory(folder.resolve(".metalloc.lock"));
        ChildJvm.Result result = profiled("").run(KnownCounts.class);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(profile().run().lacks().toString().contains("no lock was to be had"));
    }

    /** The exit hook gives back the trace's name first, then the profile's. */
    @Test
    void shouldWriteProfileAndTraceIntoAFolderByTwoPaths() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createDirectory(folder.resolve("real")));
        ChildJvm.Result result = new ChildJvm(folder)
                .agent("profile,out=" + folder.resolve("real").resolve("p.mprof") + ",trace="
                        + link.resolve("t.mtrc.gz") + ",cache=" + folder.resolve("cache"))
                .run(KnownCounts.class);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(ProfileReader.read(link.resolve("p.mprof")).run().complete());
        try (Stream<Path> left = Files.list(link)) {
            assertEquals(2, left.count(), "no lock is left behind");
        }
    }

    /** The JDK takes their memory by a way of its own. */
    @Test
    void shouldSeeTheTemporaryBuffersOfChannels() throws Exception {
        ChildJvm.Result result = profiled("").option(UNCACHED).run(ChannelWrites.class);
        assertEquals(0, result.exitCode(), result.err());
        EntryPointProfile direct = entryPoint(profile(), EntryPoint.DIRECT_BUFFER);
        assertEquals(ChannelWrites.WRITES, direct.allocateCount());
        assertEquals((long) ChannelWrites.WRITES * ChannelWrites.BYTES, direct.allocateBytes());
        assertEquals(ChannelWrites.WRITES, direct.freeCount());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sampled", "full"})
    void shouldNoticeThatNativeCodeFreesWhatJavaAllocated(String mode) throws Exception {
        ChildJvm.Result result = profiled(",mode=" + mode).run(LibraryFrees.class);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(entryPoint(profile(), EntryPoint.UNSAFE).nativeFreeCount() > 0);
        profiled(",mode=" + mode).run(KnownCounts.class);
        assertEquals(0, entryPoint(profile(), EntryPoint.UNSAFE).nativeFreeCount());
    }
}
