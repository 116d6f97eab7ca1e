// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.plan;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * Writes and reads plan files: UTF-8 text, one fact a line, a checksum last.
 *
 * <pre>
 * metalloc-plan 2
 * app com.example:cache
 * policy com.example:cache version 3
 * limit-bytes 268435456
 * rule UNSAFE 0000000000000000 1 32768 slab classes=64,128 @peakBytes=1048576 @share=0.97
 * rule UNSAFE 00000000000000ff 1 32768 leave @site=com.example.Index.add
 * crc32 1f0a55d2
 * </pre>
 *
 * <p>Words of a rule that begin with {@code @} are no parameters of its allocator: the method a site calls from, and what the profile
 * said of the rule's blocks.
 *
 * <p>A file is used whole or not at all. Any thread may call; two writers of one file leave one of both whole.
 */
public final class PlanFormat {

    static final String MAGIC = "metalloc-plan ";
    static final int VERSION = 2;
    // The one that is native: the tables of CRC-32C cost the start of an application some milliseconds.
    static final String CHECKSUM = "crc32 ";
    static final String OLDER_CHECKSUM = "crc32c ";
    static final String SITE = "@site=";
    static final String PEAK_BYTES = "@peakBytes=";
    static final String REMOTE_FREE_RATIO = "@remoteFreeRatio=";
    static final String SHARE = "@share=";
    // A plan has tens of rules of about 100 bytes; what is larger than this was never one.
    static final int MAX_FILE_BYTES = 4 << 20;

    private PlanFormat() {}

    /** Writes the plan beside {@code file} and renames it, so that a reader sees the old plan or the new one. */
    public static void write(Path file, Plan plan) throws IOException {
        byte[] bytes = PlanText.bytes(format(plan));
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + ": no file name (expected: where to write the plan)");
        }
        Files.createDirectories(folder);
        Path temporary = Files.createTempFile(folder, ".plan", ".tmp");
        try {
            Files.write(temporary, bytes);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Reads a plan.
     *
     * @throws PlanFormatException where the file is no plan, is damaged, comes from a newer version or names an unknown
     *     entry point
     */
    public static Plan read(Path file) throws IOException {
        // A channel's classes would cost the start of an application some milliseconds.
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new PlanFormatException(file + ": not a plan (expected: a file written by metalloc)");
            }
            return new PlanReader(file.toString()).parse(bytes);
        }
    }

    static String format(Plan plan) {
        StringBuilder text = new StringBuilder(256);
        text.append(MAGIC).append(VERSION).append('\n');
        text.append("app ").append(PlanText.escapeLine(plan.app())).append('\n');
        text.append("policy ").append(PlanText.escapeLine(plan.policy())).append('\n');
        text.append("limit-bytes ").append(plan.limitBytes()).append('\n');
        for (PlanRule rule : plan.rules()) {
            appendRule(text, rule);
        }
        // Apart from the appending: the checksum covers what stands before its own line.
        String checksum = checksum(PlanText.bytes(text.toString()));
        return text.append(CHECKSUM).append(checksum).append('\n').toString();
    }

    private static void appendRule(StringBuilder text, PlanRule rule) {
        if (rule.spec().allocator().isEmpty()) {
            throw new IllegalArgumentException("allocator: empty name in the rule for " + rule.range());
        }
        text.append("rule ").append(rule.entryPoint().name());
        text.append(' ').append(hex(rule.siteHash(), 16));
        text.append(' ').append(rule.minByteSize()).append(' ').append(rule.maxByteSize());
        text.append(' ').append(PlanText.escapeWord(rule.spec().allocator()));
        // Sorted, so that equal plans are equal files.
        Map<String, String> parameters = new TreeMap<>(rule.spec().parameters());
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            text.append(' ').append(PlanText.escapeWord(parameter.getKey()));
            text.append('=').append(PlanText.escapeWord(parameter.getValue()));
        }
        appendFacts(text, rule);
        text.append('\n');
    }

    private static void appendFacts(StringBuilder text, PlanRule rule) {
        if (!rule.siteMethod().isEmpty()) {
            text.append(' ').append(SITE).append(PlanText.escapeWord(rule.siteMethod()));
        }
        ExpectedUse expected = rule.expected();
        if (expected.peakBytes() >= 0) {
            text.append(' ').append(PEAK_BYTES).append(expected.peakBytes());
        }
        if (expected.remoteFreeRatio() >= 0) {
            text.append(' ').append(REMOTE_FREE_RATIO).append(expected.remoteFreeRatio());
        }
        if (expected.share() >= 0) {
            text.append(' ').append(SHARE).append(expected.share());
        }
    }

    static String checksum(byte[] bytes) {
        return checksum(bytes, new CRC32());
    }

    static String olderChecksum(byte[] bytes) {
        return checksum(bytes, new CRC32C());
    }

    private static String checksum(byte[] bytes, Checksum checksum) {
        checksum.update(bytes, 0, bytes.length);
        return hex(checksum.getValue(), 8);
    }

    private static String hex(long value, int digits) {
        StringBuilder padded = new StringBuilder(digits);
        String text = Long.toHexString(value);
        for (int i = text.length(); i < digits; i++) {
            padded.append('0');
        }
        return padded.append(text).toString();
    }
}
