// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import dev.metalloc.policy.plan.ExpectedUse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Lays a policy out as TOML for people: one table per rule, one key a line.
 *
 * <p>Written by hand because a data-binding writer puts all rules into one inline list, which nobody can review.
 */
final class PolicyTomlWriter {

    private PolicyTomlWriter() {}

    static String write(Policy policy) {
        StringBuilder text = new StringBuilder(1024);
        text.append(
                "# Which allocator serves which blocks of this application. Made to be read, edited and versioned.\n");
        line(text, "schema", String.valueOf(PolicyToml.SCHEMA));
        line(text, "app", quoted(policy.app()));
        line(text, "version", String.valueOf(policy.version()));
        line(
                text,
                "created",
                quoted(Instant.ofEpochMilli(policy.createdEpochMillis()).toString()));
        line(text, "provenance", quoted(policy.provenance()));
        line(text, "objective", quoted(policy.objective()));
        for (PolicyRule rule : policy.rules()) {
            append(text, rule);
        }
        return text.toString();
    }

    private static void append(StringBuilder text, PolicyRule rule) {
        text.append("\n[[rule]]\n");
        line(text, "entryPoint", quoted(rule.entryPoint().name()));
        line(text, "site", quoted(rule.site().id()));
        if (!rule.site().text().isEmpty()) {
            line(text, "siteText", quoted(rule.site().text()));
        }
        line(text, "minBytes", bytes(rule.minByteSize()));
        line(text, "maxBytes", bytes(rule.maxByteSize()));
        line(text, "allocator", quoted(rule.allocator().allocator()));
        if (!rule.allocator().parameters().isEmpty()) {
            line(text, "parameters", parameters(rule.allocator().parameters()));
        }
        line(text, "confidence", String.valueOf(rule.confidence()));
        appendExpected(text, rule.expected());
        if (!rule.reasons().isEmpty()) {
            line(text, "reasons", reasons(rule.reasons()));
        }
    }

    private static void appendExpected(StringBuilder text, ExpectedUse expected) {
        if (expected.share() >= 0) {
            line(text, "expectedShare", String.valueOf(expected.share()));
        }
        if (expected.remoteFreeRatio() >= 0) {
            line(text, "expectedRemoteFreeRatio", String.valueOf(expected.remoteFreeRatio()));
        }
        if (expected.peakBytes() >= 0) {
            line(text, "expectedPeakBytes", bytes(expected.peakBytes()));
        }
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append(" = ").append(value).append('\n');
    }

    // Hexadecimal where the reader would refuse the decimal digits.
    private static String bytes(long byteSize) {
        return byteSize < 1_000_000_000_000_000_000L ? String.valueOf(byteSize) : "0x" + Long.toHexString(byteSize);
    }

    private static String parameters(Map<String, String> parameters) {
        return new TreeMap<>(parameters)
                .entrySet().stream()
                        .map(entry -> quoted(entry.getKey()) + " = " + quoted(entry.getValue()))
                        .collect(Collectors.joining(", ", "{ ", " }"));
    }

    private static String reasons(List<String> reasons) {
        return reasons.stream()
                .map(reason -> "    " + quoted(reason) + ",\n")
                .collect(Collectors.joining("", "[\n", "]"));
    }

    /** A TOML basic string. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        quoted.append(String.format("\\u%04X", c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
