// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import dev.metalloc.profiler.io.ProfileReader;
import dev.metalloc.replay.trace.TraceCompiler;
import dev.metalloc.replay.trace.TraceReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Reads a profile and a trace a thousand times each, the trace as a replay would, every time another part of them destroyed, and prints how many were refused,
 * the longest that one took and the most memory that was in use.
 *
 * <p>Where a checksum would find the damage at once, every second file has it made right again.
 */
public final class FuzzedFiles {

    private static final int ROUNDS = 1_000;
    private static final int PROFILE_HEADER_BYTES = 16;
    private static final int CHECKSUM_BYTES = 4;

    private final SplittableRandom random;
    private final Path folder;
    private int refused;
    private int read;
    private long longestNanos;

    private FuzzedFiles(Path folder, long seed) {
        this.folder = folder;
        this.random = new SplittableRandom(seed);
    }

    /** Arguments: a profile, a trace, a folder to write to, a seed. */
    public static void main(String[] arguments) throws IOException {
        FuzzedFiles fuzzed = new FuzzedFiles(Path.of(arguments[2]), Long.parseLong(arguments[3]));
        byte[] profile = Files.readAllBytes(Path.of(arguments[0]));
        byte[] trace = Files.readAllBytes(Path.of(arguments[1]));
        byte[] events = new GZIPInputStream(new ByteArrayInputStream(trace)).readAllBytes();
        for (int round = 0; round < ROUNDS; round++) {
            fuzzed.readProfile(round % 2 == 0 ? fuzzed.mutated(profile) : fuzzed.sealed(profile));
            fuzzed.readTrace(round % 2 == 0 ? fuzzed.mutated(trace) : gzip(fuzzed.mutated(events)));
        }
        fuzzed.readTrace(fuzzed.endlessProperties());
        long peakBytes = ManagementFactory.getMemoryPoolMXBeans().stream()
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
        System.out.println("refused=" + fuzzed.refused + " read=" + fuzzed.read + " longestMillis="
                + fuzzed.longestNanos / 1_000_000 + " peakMiB=" + (peakBytes >> 20));
    }

    private void readProfile(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("fuzzed.mprof"), bytes);
        long begin = System.nanoTime();
        try {
            ProfileReader.read(file);
            read++;
        } catch (IOException e) {
            requireRefusal(e, file);
        }
        longestNanos = Math.max(longestNanos, System.nanoTime() - begin);
    }

    private void readTrace(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("fuzzed.mtrc.gz"), bytes);
        long begin = System.nanoTime();
        try (TraceReader trace = TraceReader.open(file)) {
            while (trace.next()) {
                // to the end
            }
            TraceCompiler.compile(file);
            read++;
        } catch (IOException e) {
            requireRefusal(e, file);
        }
        longestNanos = Math.max(longestNanos, System.nanoTime() - begin);
    }

    private void requireRefusal(IOException e, Path file) {
        String line = String.valueOf(e.getMessage());
        if (line.indexOf('\n') >= 0 || !line.startsWith(file.toString())) {
            throw new IllegalStateException("no clear line: " + line, e);
        }
        refused++;
    }

    private byte[] mutated(byte[] bytes) {
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> flipped(bytes, 0, bytes.length);
            case 2 -> hostile(bytes, 0, bytes.length);
            default -> cut(bytes);
        };
    }

    /** Damaged inside, the outside is as it should be. */
    private byte[] sealed(byte[] profile) {
        int end = profile.length - CHECKSUM_BYTES;
        byte[] bytes = random.nextBoolean()
                ? flipped(profile, PROFILE_HEADER_BYTES, end)
                : hostile(profile, PROFILE_HEADER_BYTES, end);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, end);
        ByteBuffer.wrap(bytes).putInt(end, (int) checksum.getValue());
        return bytes;
    }

    private byte[] flipped(byte[] bytes, int from, int to) {
        byte[] copy = bytes.clone();
        for (int flips = random.nextInt(1, 9); flips > 0; flips--) {
            copy[random.nextInt(from, to)] ^= (byte) (1 << random.nextInt(8));
        }
        return copy;
    }

    /** A run of bytes that reads as a huge number. */
    private byte[] hostile(byte[] bytes, int from, int to) {
        byte[] copy = bytes.clone();
        int at = random.nextInt(from, to);
        Arrays.fill(copy, at, Math.min(to, at + random.nextInt(1, 9)), (byte) 0xFF);
        if (at + 9 < to && random.nextBoolean()) {
            copy[at + 8] = 0x7F;
        }
        return copy;
    }

    /** Something is missing in the middle. */
    private byte[] cut(byte[] bytes) {
        int at = random.nextInt(bytes.length);
        int end = Math.min(bytes.length, at + random.nextInt(1, 100));
        byte[] copy = Arrays.copyOf(bytes, bytes.length - (end - at));
        System.arraycopy(bytes, end, copy, at, bytes.length - end);
        return copy;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    /** A small file whose header would fill a gigabyte: 20,000 properties of 64 KiB. */
    private byte[] endlessProperties() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] text = new byte[65_000];
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(new byte[] {'M', 'T', 'R', 'C', 1, (byte) 0xFF, (byte) 0xFF, 0x03});
            for (int i = 0; i < 20_000; i++) {
                text[0] = (byte) ('a' + i % 26);
                text[1] = (byte) ('a' + i / 26 % 26);
                text[2] = (byte) ('a' + i / 676);
                out.write(new byte[] {(byte) 0xE8, (byte) 0xFB, 0x03});
                out.write(text);
            }
        }
        return packed.toByteArray();
    }
}
