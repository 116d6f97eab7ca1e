// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import example.app.KnownCounts;
import example.app.Troubles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The application comes to grief; what the profile still says. */
class CrashSafetyIT {

    /** 200 for the whole promise, {@code -Dmetalloc.test.kills=200}. */
    private static final int KILLS = Integer.getInteger("metalloc.test.kills", 8);

    private static final int CHILDREN_AT_ONCE = 4;
    private static final int JVMS_AT_ONCE = 6;
    private static final long PROMISED_MILLIS = 5_000;

    @TempDir
    Path folder;

    private ChildJvm profiled(String more) {
        return new ChildJvm(folder)
                .agent("profile,out=" + folder.resolve("p.mprof") + ",cache=" + folder.resolve("cache") + more);
    }

    private Profile profile() throws IOException {
        return ProfileReader.read(folder.resolve("p.mprof"));
    }

    @Test
    void shouldLeaveAllButTheLastFiveSecondsWhenKilled() throws Exception {
        profiled("").run(KnownCounts.class); // fills the cache
        long seed = System.nanoTime();
        System.out.println("kills: " + KILLS + ", seed " + seed);
        Random random = new Random(seed);
        List<Future<Boolean>> kills = new ArrayList<>();
        int written = 0;
        try (ExecutorService atOnce = Executors.newFixedThreadPool(CHILDREN_AT_ONCE)) {
            for (int i = 0; i < KILLS; i++) {
                kills.add(atOnce.submit(kill(i, random)));
            }
            for (Future<Boolean> kill : kills) {
                written += kill.get() ? 1 : 0;
            }
        }
        System.out.println("profiles left behind: " + written);
        assertTrue(2 * written > KILLS, written + " profiles of " + KILLS + " kills");
    }

    /** Every second child writes without a pause, so that most of these kills meet a write. */
    private Callable<Boolean> kill(int number, Random random) throws IOException {
        Path own = Files.createDirectory(folder.resolve("kill" + number));
        boolean writesAlways = number % 2 == 1;
        long lifeMillis = writesAlways ? 1_000 + random.nextInt(2_000) : 1_000 + random.nextInt(9_000);
        ChildJvm child = new ChildJvm(own)
                .option("-XX:TieredStopAtLevel=1")
                .option("-Dmetalloc.writeMillis=" + (writesAlways ? 1 : 2_500))
                .agent("profile,out=" + own.resolve("p.mprof") + ",cache=" + folder.resolve("cache"));
        return () -> {
            Process process =
                    child.start(Troubles.class, "steady", own.resolve("notes").toString());
            awaitNotes(process, own.resolve("notes"));
            assertFalse(process.waitFor(lifeMillis, TimeUnit.MILLISECONDS), "the child ended of itself");
            long killMillis = System.currentTimeMillis();
            process.destroyForcibly().waitFor();
            return isComplete(own, killMillis - PROMISED_MILLIS);
        };
    }

    /** Until the child is at work, however long its JVM took to start. */
    private static void awaitNotes(Process process, Path notes) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while ((!Files.exists(notes) || Files.size(notes) == 0) && System.nanoTime() < endNanos) {
            assertFalse(process.waitFor(10, TimeUnit.MILLISECONDS), "the child ended of itself");
        }
    }

    /** Whether there is a profile; there must be one of all that was allocated before the given time. */
    private static boolean isComplete(Path own, long beforeMillis) throws IOException {
        long expected = 0;
        if (Files.exists(own.resolve("notes"))) {
            ByteBuffer notes = ByteBuffer.wrap(Files.readAllBytes(own.resolve("notes")));
            while (notes.remaining() >= 16 && notes.getLong() <= beforeMillis) {
                expected = notes.getLong();
            }
        }
        Path file = own.resolve("p.mprof");
        if (!Files.exists(file)) {
            assertEquals(0, expected, "no profile, although there was time for one");
            return false;
        }
        Profile profile = ProfileReader.read(file);
        assertFalse(profile.run().complete());
        assertTrue(profile.allocateCount() >= expected, profile.allocateCount() + " of " + expected);
        return true;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sampled", "full"})
    void shouldSurviveStackOverflows(String mode) throws Exception {
        ChildJvm.Result result = profiled(",mode=" + mode).option("-Xss512k").run(Troubles.class, "overflow");
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("overflows=" + Troubles.OVERFLOWS + "\n", result.out());
        assertTrue(profile().run().complete());
        assertFalse(result.err().contains("internal error"), result.err());
        assertTrue(
                profile().allocateCount() > Troubles.OVERFLOWS, "" + profile().allocateCount());
    }

    @Test
    void shouldSurviveAFullHeap() throws Exception {
        profiled("").run(KnownCounts.class); // fills the cache: to make the image so small a heap may be too small
        Files.delete(folder.resolve("p.mprof"));
        ChildJvm.Result result = profiled("")
                .option("-Xmx24m")
                .option("-XX:+UseSerialGC")
                .option("-Dmetalloc.writeMillis=20")
                .run(Troubles.class, "fillHeap", folder.resolve("p.mprof").toString());
        assertEquals(0, result.exitCode(), result.err());
        List<String> lines = result.out().lines().toList();
        assertEquals("full=" + Troubles.HEAP_FILLINGS, lines.get(0));
        Profile profile = profile();
        assertTrue(profile.run().complete());
        long expected = Long.parseLong(lines.get(1));
        List<String> lacks = profile.run().lacks();
        assertTrue(
                profile.allocateCount() == expected || lacks.stream().anyMatch(l -> l.contains("events")),
                profile.allocateCount() + " " + lacks);
        assertTrue(lacks.stream().anyMatch(l -> l.contains("an interim write failed")), lacks.toString());
    }

    @Test
    void shouldLeaveTheLastWrittenProfileWhenHalted() throws Exception {
        ChildJvm.Result result =
                profiled("").option("-Dmetalloc.writeMillis=100").run(Troubles.class, "halt");
        assertEquals(4, result.exitCode(), result.err());
        assertFalse(profile().run().complete());
        assertTrue(profile().allocateCount() > 0);
    }

    /** The limit on file sizes refuses a write in the middle, as a full disk does. */
    @Test
    void shouldGoOnWhereTheDiskIsFull() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KnownCounts.class);
        ChildJvm.Result result = new ChildJvm(folder)
                .within("ulimit -f 1")
                .option("-XX:-UsePerfData")
                .option("-Dmetalloc.writeMillis=20")
                .agent("profile,out=" + folder.resolve("p.mprof"))
                .run(KnownCounts.class);
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(plain.out(), result.out());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().startsWith("metalloc: the profile could not be written to "), result.err());
        try (Stream<Path> left = Files.list(folder)) {
            assertTrue(left.noneMatch(path -> path.toString().endsWith(".tmp")));
        }
        // A first one, of nothing yet, may have been small enough.
        assertFalse(Files.exists(folder.resolve("p.mprof")) && profile().run().complete());
    }

    /** A file system of sixteen kilobytes, all but one of which are taken. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGoOnWhereTheFileSystemIsFull(boolean traced) throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Assumptions.assumeTrue(
                command("mount", "-t", "tmpfs", "-o", "size=16k", "metalloc-test", disk.toString()) == 0,
                "no full file system was tried: only root may mount a small one");
        try {
            Files.write(disk.resolve("ballast"), new byte[12 << 10]);
            ChildJvm.Result plain = new ChildJvm(folder).run(KnownCounts.class);
            ChildJvm.Result result = new ChildJvm(folder)
                    .option("-Dmetalloc.writeMillis=20")
                    .agent("profile,out=" + disk.resolve("p.mprof") + ",mode=full,cache=" + folder.resolve("cache")
                            + (traced ? ",trace=" + disk.resolve("t.mtrc.gz") : ""))
                    .run(KnownCounts.class);
            assertEquals(0, result.exitCode(), result.err());
            assertEquals(plain.out(), result.out());
            assertEquals(1, result.err().lines().count(), result.err());
            assertTrue(result.err().startsWith("metalloc: the profile could not be written to "), result.err());
            assertEquals(traced, result.err().contains("the trace could not be written whole"), result.err());
            try (Stream<Path> left = Files.list(disk)) {
                assertTrue(left.noneMatch(path -> path.toString().endsWith(".tmp")));
            }
        } finally {
            assertEquals(0, command("umount", disk.toString()));
        }
    }

    private static int command(String... words) throws IOException, InterruptedException {
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Nobody can make a folder there, not even root. */
    @Test
    void shouldGoOnWhereTheFolderCannotBeWritten() throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(KnownCounts.class);
        ChildJvm.Result result = new ChildJvm(folder)
                .option("-Dmetalloc.writeMillis=20")
                .agent("profile,out=/proc/metalloc/p.mprof,cache=" + folder.resolve("cache"))
                .run(KnownCounts.class);
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(plain.out(), result.out());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(
                result.err().startsWith("metalloc: the profile could not be written to /proc/metalloc/p.mprof"),
                result.err());
    }

    /** All are given the same name; the last to end takes the lock file away. */
    @Test
    void shouldLeaveNoLockBehindWhenManyEnd() throws Exception {
        profiled("").run(KnownCounts.class); // fills the cache
        assertFalse(Files.exists(folder.resolve(".metalloc.lock")));
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < JVMS_AT_ONCE; i++) {
            processes.add(profiled("").start(KnownCounts.class));
        }
        for (Process process : processes) {
            assertEquals(0, process.waitFor());
        }
        assertFalse(Files.exists(folder.resolve(".metalloc.lock")));
        assertTrue(profile().run().complete());
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".mprof")).toList()) {
                assertEquals(profile().allocateCount(), ProfileReader.read(file).allocateCount(), file.toString());
            }
        }
    }

    @Test
    void shouldGiveEachJvmAFileOfItsOwn() throws Exception {
        ChildJvm first = profiled("");
        Process waiting = first.start(KnownCounts.class, "wait");
        ProfileModeIT.awaitThat(waiting, () -> Files.size(first.out().toPath()) > 0);
        Path own = Files.createDirectory(folder.resolve("second"));
        ChildJvm second = new ChildJvm(own)
                .agent("profile,out=" + folder.resolve("p.mprof") + ",cache=" + folder.resolve("cache"));
        Process process = second.start(Troubles.class, "threads");
        ChildJvm.Result result = second.await(process);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.err().contains("another JVM writes " + folder.resolve("p.mprof")), result.err());
        waiting.destroy();
        first.await(waiting);
        Profile other = ProfileReader.read(folder.resolve("p-" + process.pid() + ".mprof"));
        assertNotEquals(profile().allocateCount(), other.allocateCount());
        assertTrue(profile().entryPoint(EntryPoint.MALLOC_DOWNCALL).isPresent());
        assertTrue(other.run().complete() && profile().run().complete());
    }

    @Test
    void shouldTakeOverFromAKilledJvm() throws Exception {
        ChildJvm killed = profiled("").option("-Dmetalloc.writeMillis=50");
        Process process = killed.start(KnownCounts.class, "wait");
        ProfileModeIT.awaitThat(process, () -> Files.exists(folder.resolve("p.mprof")));
        process.destroyForcibly();
        killed.await(process);
        Files.createFile(folder.resolve(".p.mprof.123.tmp"));
        ChildJvm.Result result = profiled("").run(KnownCounts.class);
        assertFalse(result.err().contains("another JVM"), result.err());
        assertTrue(profile().run().complete());
        assertFalse(Files.exists(folder.resolve(".p.mprof.123.tmp")));
    }
}
