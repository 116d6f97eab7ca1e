// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.aggregate.RandomProfiles;
import dev.metalloc.profiler.api.LifetimeBuckets;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteBehaviour;
import dev.metalloc.profiler.api.SiteProfile;
import dev.metalloc.profiler.api.ThreadTurns;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileFileTest {
    /** Of the profile that is written. */
    private static final byte ENTRY_POINTS = 6;

    private static final long OLD_COUNT = 208;
    private static final long OLD_BYTES = 5_684_722L;

    @TempDir
    Path folder;

    private final byte[] bytes = ProfileEncoder.encode(RandomProfiles.of(7));

    @Test
    void whatIsNoFileIsNotReplaced() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        IOException refused = assertThrows(IOException.class, () -> ProfileWriter.write(taken, RandomProfiles.of(1)));
        assertTrue(String.valueOf(refused.getMessage()).contains("name a file"), refused.toString());
        assertTrue(Files.isDirectory(taken));
    }

    @Test
    void profileComesBackAsItWas() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            Profile profile = RandomProfiles.of(seed);
            Path file = folder.resolve("p.mprof");
            ProfileWriter.write(file, profile);
            Profile read = ProfileReader.read(file);
            assertEquals(profile, read);
            assertArrayEquals(ProfileEncoder.encode(profile), ProfileEncoder.encode(read));
            Profile other = RandomProfiles.of(seed + 100);
            assertEquals(Profiles.merge(profile, other), Profiles.merge(read, other), "what was read can be merged");
        }
        try (var files = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("p.mprof")), files.toList());
        }
    }

    @Test
    void everyTruncationIsRefused() {
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = new byte[length];
            System.arraycopy(bytes, 0, part, 0, length);
            String message = refusal(part);
            boolean headed = length >= 4;
            assertTrue(message.startsWith(headed || length == 0 ? "truncated" : "not a Metalloc profile"), message);
        }
    }

    @Test
    void everyFlippedBitIsRefused() {
        for (int at = 0; at < bytes.length; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= (byte) (1 << (at & 7));
            assertOneLine(refusal(flipped));
        }
    }

    /** With the checksum made right again, only the checks of the content stand between it and the reader. */
    @Test
    void hostileContentIsRefusedOrHarmless() {
        SplittableRandom random = new SplittableRandom(5);
        int refused = 0;
        for (int round = 0; round < 4_000; round++) {
            byte[] hostile = bytes.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                hostile[random.nextInt(ProfileFormat.HEADER_BYTES, hostile.length - 4)] =
                        (byte) (random.nextBoolean() ? 0xFF : random.nextInt());
            }
            seal(hostile);
            try {
                ProfileReader.decode(ByteBuffer.wrap(hostile));
            } catch (ProfileFormatException e) {
                refused++;
                assertOneLine(String.valueOf(e.getMessage()));
            }
        }
        assertTrue(refused > 1_000, "" + refused);
    }

    @Test
    void histogramThatWouldFillTheMemoryIsRefused() {
        ByteBuffer encoded = ByteBuffer.allocate(100);
        int length = new Histogram(2).encodeIntoByteBuffer(encoded);
        ByteBuffer header = encoded.flip().limit(length).putInt(12, 3).putLong(24, Long.MAX_VALUE / 2);
        MemoryBudget budget = new MemoryBudget();
        ProfileFormatException e = assertThrows(ProfileFormatException.class, () -> {
            for (int i = 0; i < 10_000; i++) {
                budget.take(header);
            }
        });
        assertEquals("profile would take more than 256 MiB in memory", e.getMessage());
        header.putInt(12, 5);
        assertThrows(ProfileFormatException.class, () -> new MemoryBudget().take(header));
    }

    /** A mebibyte each, which would become hundreds: of threads, five bytes large, and of points in time, four. */
    @Test
    void smallFileThatWouldFillTheMemoryIsRefused() {
        byte[] threads = new byte[1 << 20];
        assertRefusedInTime(with(ProfileFormat.THREADS, threads, 3, threads.length / 5 - 1));
        byte[] points = new byte[20 << 20];
        assertRefusedInTime(with(ProfileFormat.TIME_LINE, points, 0, points.length / 4 - 1));
        byte[] entryPoints = new byte[20 << 20];
        entryPoints[0] = ENTRY_POINTS;
        assertRefusedInTime(with(ProfileFormat.ENTRY_TIME_LINES, entryPoints, 1, entryPoints.length / 4 - 2));
        byte[] strings = new byte[5 << 20];
        assertRefusedInTime(with(ProfileFormat.STRINGS, strings, 0, strings.length - 4));
    }

    /** The file with another content of a section: so many zeros, then a count, then zeros. */
    private byte[] with(int name, byte[] content, int countAt, int count) {
        byte[] rest = without(name);
        int at = countAt;
        for (int left = count; left > 0; left >>>= 7) {
            content[at++] = (byte) (left > 0x7F ? left | 0x80 : left);
        }
        byte[] file = new byte[rest.length + ProfileFormat.SECTION_HEADER_BYTES + content.length];
        System.arraycopy(rest, 0, file, 0, rest.length - 4);
        ByteBuffer.wrap(file)
                .putLong(8, file.length)
                .position(rest.length - 4)
                .putInt(name)
                .putInt(content.length)
                .put(content);
        seal(file);
        return file;
    }

    private static void assertRefusedInTime(byte[] file) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertEquals("profile would take more than 256 MiB in memory", refusal(file));
        long taken = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(taken <= ProfileFormat.MAX_BYTES, taken + " bytes were taken");
    }

    @Test
    void messagesSayWhatIsWrong() {
        assertEquals("not a Metalloc profile", refusal("PK zip archive".getBytes(StandardCharsets.UTF_8)));
        assertEquals("truncated (the end of the profile is missing)", refusal(new byte[0]));
        byte[] newer = bytes.clone();
        newer[5] = 9;
        assertEquals("written by a newer Metalloc (version 9, this one reads up to 1)", refusal(newer));
        byte[] damaged = bytes.clone();
        damaged[100] ^= 1;
        assertEquals("checksum does not match (the file was damaged)", refusal(damaged));
    }

    @Test
    void sectionsOfOtherNamesArePassedOver() throws IOException {
        byte[] longer = new byte[bytes.length + 12];
        System.arraycopy(bytes, 0, longer, 0, bytes.length - 4);
        ByteBuffer.wrap(longer)
                .putLong(8, longer.length)
                .position(bytes.length - 4)
                .put("XTRA".getBytes(StandardCharsets.US_ASCII))
                .putInt(4)
                .putInt(42);
        seal(longer);
        assertEquals(ProfileReader.decode(ByteBuffer.wrap(bytes)), ProfileReader.decode(ByteBuffer.wrap(longer)));
    }

    /** As the first versions wrote it. */
    @Test
    void fileWithoutTheLaterSectionsIsReadAsOneThatDoesNotKnow() throws IOException {
        Profile whole = ProfileReader.decode(ByteBuffer.wrap(bytes));
        Profile old = ProfileReader.decode(ByteBuffer.wrap(without(
                ProfileFormat.CHAINS,
                ProfileFormat.THREAD_HISTOGRAMS,
                ProfileFormat.RANGE_PEAKS,
                ProfileFormat.BURSTS,
                ProfileFormat.NATIVE_FREES,
                ProfileFormat.THREAD_TURNS,
                ProfileFormat.SITE_BEHAVIOUR,
                ProfileFormat.ENTRY_TIME_LINES,
                ProfileFormat.HEAPS)));
        assertNotEquals(whole.heaps(), old.heaps());
        assertEquals(whole.heaps(), Profiles.merge(whole, old).heaps());
        assertTrue(whole.threads().getFirst().sizes().getTotalCount() > 0);
        assertEquals(0, old.threads().getFirst().sizes().getTotalCount());
        assertTrue(whole.threads().getFirst().turns().count() > 0);
        assertEquals(ThreadTurns.UNKNOWN, old.threads().getFirst().turns());
        assertTrue(old.entryPoints().stream()
                .allMatch(entry -> entry.reallocateChains().getTotalCount() == 0));
        assertEquals(whole.allocateBytes(), old.allocateBytes());
        assertTrue(whole.sites().stream().anyMatch(site -> site.behaviour().freeCount() > 0));
        assertEquals(withoutBehaviour(whole.sites()), old.sites());
        assertTrue(
                whole.entryPoints().stream().noneMatch(entry -> entry.timeLine().isEmpty()));
        assertTrue(old.entryPoints().stream().allMatch(entry -> entry.timeLine().isEmpty()));
        Profile both = Profiles.merge(whole, old);
        assertTrue(whole.entryPoints().stream()
                .allMatch(entry -> entry.rangePeaks().isKnown()));
        assertTrue(both.entryPoints().stream()
                .noneMatch(entry -> entry.rangePeaks().isKnown()));
        assertTrue(
                whole.entryPoints().stream().anyMatch(entry -> !entry.bursts().isEmpty()));
        assertTrue(old.entryPoints().stream().allMatch(entry -> entry.bursts().isEmpty()));
        assertEquals(
                whole.threads().getFirst().sizes().getTotalCount(),
                both.threads().getFirst().sizes().getTotalCount());
        assertEquals(
                whole.threads().getFirst().turns(), both.threads().getFirst().turns());
        assertEquals(
                whole.sites().getFirst().behaviour(), both.sites().getFirst().behaviour());
        assertEquals(
                whole.entryPoints().getFirst().timeLine(),
                both.entryPoints().getFirst().timeLine());
    }

    private static List<SiteProfile> withoutBehaviour(List<SiteProfile> sites) {
        return sites.stream().map(site -> site.with(SiteBehaviour.UNKNOWN)).toList();
    }

    /** Written before sites had a behaviour and entry points a time line. */
    @Test
    void fileOfAnOlderMetallocIsReadAndCanBeMerged() throws IOException {
        byte[] old;
        try (InputStream in =
                Objects.requireNonNull(ProfileFileTest.class.getResourceAsStream("before-site-behaviour.mprof"))) {
            old = in.readAllBytes();
        }
        Profile profile = ProfileReader.decode(ByteBuffer.wrap(old));
        assertEquals(OLD_COUNT, profile.allocateCount());
        assertEquals(OLD_BYTES, profile.allocateBytes());
        assertEquals(30, profile.sites().size());
        assertTrue(profile.heaps().isEmpty());
        assertEquals(withoutBehaviour(profile.sites()), profile.sites());
        assertTrue(profile.entryPoints().stream()
                .allMatch(entry -> entry.timeLine().isEmpty()));
        Profile whole = ProfileReader.decode(ByteBuffer.wrap(bytes));
        Profile both = Profiles.merge(profile, whole);
        assertEquals(both, Profiles.merge(whole, profile));
        assertEquals(behaviour(whole), behaviour(both));
        assertEquals(profile, ProfileReader.decode(ByteBuffer.wrap(ProfileEncoder.encode(profile))));
    }

    private static SiteBehaviour behaviour(Profile profile) {
        return profile.sites().stream().map(SiteProfile::behaviour).reduce(SiteBehaviour.UNKNOWN, SiteBehaviour::plus);
    }

    @Test
    void laterSectionOfAnotherLengthIsRefused() {
        byte[] file = bytes.clone();
        file[sectionAt(file, ProfileFormat.CHAINS) + ProfileFormat.SECTION_HEADER_BYTES]--;
        seal(file);
        assertTrue(refusal(file).startsWith("damaged profile: section CHNS has "), refusal(file));
        for (int name : new int[] {ProfileFormat.SITE_BEHAVIOUR, ProfileFormat.ENTRY_TIME_LINES}) {
            byte[] other = bytes.clone();
            other[sectionAt(other, name) + ProfileFormat.SECTION_HEADER_BYTES]--;
            seal(other);
            String message = refusal(other);
            assertTrue(message.startsWith("damaged profile: section " + ProfileFormat.name(name) + " has "), message);
        }
    }

    @Test
    void siteOfMoreBucketsThanThereAreIsRefused() throws IOException {
        int sites = ProfileReader.decode(ByteBuffer.wrap(bytes)).sites().size();
        byte[] content = new byte[1000];
        content[10] = LifetimeBuckets.COUNT + 1;
        assertEquals(
                "damaged profile: 36 buckets of lifetimes (expected: at most 35)",
                refusal(with(ProfileFormat.SITE_BEHAVIOUR, content, 0, sites)));
        content[10] = 0;
        Profile unknown = ProfileReader.decode(ByteBuffer.wrap(with(ProfileFormat.SITE_BEHAVIOUR, content, 0, sites)));
        assertEquals(withoutBehaviour(unknown.sites()), unknown.sites());
    }

    @Test
    void sitesThatWouldFillTheMemoryAreRefused() {
        ProfileFormatException e =
                assertThrows(ProfileFormatException.class, () -> new MemoryBudget().takeSiteBehaviours(1 << 20));
        assertEquals("profile would take more than 256 MiB in memory", e.getMessage());
    }

    private byte[] without(int... names) {
        byte[] file = bytes;
        for (int name : names) {
            int at = sectionAt(file, name);
            int length =
                    ProfileFormat.SECTION_HEADER_BYTES + ByteBuffer.wrap(file).getInt(at + 4);
            byte[] shorter = new byte[file.length - length];
            System.arraycopy(file, 0, shorter, 0, at);
            System.arraycopy(file, at + length, shorter, at, shorter.length - at);
            ByteBuffer.wrap(shorter).putLong(8, shorter.length);
            file = shorter;
        }
        seal(file);
        return file;
    }

    private static int sectionAt(byte[] file, int name) {
        ByteBuffer content = ByteBuffer.wrap(file);
        int at = ProfileFormat.HEADER_BYTES;
        while (content.getInt(at) != name) {
            at += ProfileFormat.SECTION_HEADER_BYTES + content.getInt(at + 4);
        }
        return at;
    }

    @Test
    void fileNameIsInTheMessage() throws IOException {
        Path file = folder.resolve("p.mprof");
        Files.writeString(file, "hello, world");
        IOException e = assertThrows(ProfileFormatException.class, () -> ProfileReader.read(file));
        assertEquals(file + ": not a Metalloc profile", e.getMessage());
    }

    /** Two containers have the same process number, and may write into one folder. */
    @Test
    void partsOfTwoProcessesOfOneNumberDiffer() throws Exception {
        Path file = folder.resolve("p.mprof");
        URL[] classes = {
            ProfileWriter.class.getProtectionDomain().getCodeSource().getLocation(),
            Histogram.class.getProtectionDomain().getCodeSource().getLocation()
        };
        try (URLClassLoader loader = new URLClassLoader(classes, null)) {
            Method method =
                    loader.loadClass(ProfileWriter.class.getName()).getDeclaredMethod("temporaryBeside", Path.class);
            method.setAccessible(true);
            String other = String.valueOf(method.invoke(null, file));
            String own = String.valueOf(ProfileWriter.temporaryBeside(file));
            assertNotEquals(withoutNumber(own), withoutNumber(other));
            assertTrue(own.startsWith(folder + "/.p.mprof.") && own.endsWith(".tmp"), own);
        }
    }

    private static String withoutNumber(String name) {
        return name.substring(0, name.lastIndexOf('-'));
    }

    @Test
    void missingFolderIsSaidInOneLine() {
        Path file = folder.resolve("absent").resolve("p.mprof");
        IOException e = assertThrows(IOException.class, () -> ProfileWriter.write(file, RandomProfiles.of(1)));
        assertEquals("cannot write " + file + ": its folder does not exist (create it)", e.getMessage());
    }

    @Test
    void targetThatCannotBeReplacedLeavesNothingBehind() throws IOException {
        Path occupied = folder.resolve("p.mprof");
        Files.createDirectories(occupied.resolve("inside"));
        IOException e = assertThrows(IOException.class, () -> ProfileWriter.write(occupied, RandomProfiles.of(1)));
        assertOneLine(String.valueOf(e.getMessage()));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(occupied), files.toList());
        }
    }

    private static String refusal(byte[] file) {
        return String.valueOf(
                assertThrows(ProfileFormatException.class, () -> ProfileReader.decode(ByteBuffer.wrap(file)))
                        .getMessage());
    }

    private static void assertOneLine(String message) {
        assertTrue(!message.isEmpty() && message.indexOf('\n') < 0, message);
    }

    private static void seal(byte[] file) {
        CRC32C checksum = new CRC32C();
        checksum.update(file, 0, file.length - 4);
        ByteBuffer.wrap(file).putInt(file.length - 4, (int) checksum.getValue());
    }
}
