// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.plan.ExpectedUse;
import dev.metalloc.policy.toml.TomlTable;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads policies from TOML, and writes them through {@link PolicyTomlWriter}. Any thread. */
public final class PolicyToml {

    /** The newest text schema this version reads, and the one it writes. */
    public static final int SCHEMA = 1;

    private static final Set<String> KEYS =
            Set.of("schema", "app", "version", "created", "provenance", "objective", "rule");
    private static final Set<String> RULE_KEYS = Set.of(
            "entryPoint",
            "site",
            "siteText",
            "minBytes",
            "maxBytes",
            "allocator",
            "parameters",
            "confidence",
            "reasons",
            "expectedShare",
            "expectedRemoteFreeRatio",
            "expectedPeakBytes");

    private PolicyToml() {}

    public static String write(Policy policy) {
        return PolicyTomlWriter.write(policy);
    }

    /** As {@link #parse}, from a file. */
    public static Policy read(Path file) throws IOException {
        return parse(Files.readString(file), file.toString());
    }

    /**
     * Reads a policy.
     *
     * @param source named in error messages: a file, or where else the text came from
     * @throws PolicyFormatException naming the line or field that is wrong
     */
    public static Policy parse(String text, String source) throws PolicyFormatException {
        try {
            return policy(TomlTable.parse(text));
        } catch (IllegalArgumentException e) {
            throw new PolicyFormatException(source + ": " + e.getMessage());
        }
    }

    private static Policy policy(TomlTable table) {
        table.requireSchema(SCHEMA);
        table.requireKeys(KEYS);
        List<PolicyRule> rules = new ArrayList<>();
        for (TomlTable rule : table.tables("rule")) {
            rules.add(rule(rule));
        }
        return new Policy(
                table.text("app"),
                (int) table.number("version", 1, Integer.MAX_VALUE),
                created(table),
                table.text("provenance", ""),
                table.text("objective", "time"),
                rules);
    }

    private static long created(TomlTable table) {
        String text = table.text("created");
        try {
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "created: " + text + " (expected: a time such as 2026-01-31T12:00:00Z)", e);
        }
    }

    private static PolicyRule rule(TomlTable table) {
        table.requireKeys(RULE_KEYS);
        try {
            return new PolicyRule(
                    table.name("entryPoint", EntryPoint.class),
                    site(table),
                    table.number("minBytes", 0, Long.MAX_VALUE),
                    table.number("maxBytes", 0, Long.MAX_VALUE),
                    new AllocatorSpec(table.text("allocator"), table.textsByName("parameters")),
                    table.decimal("confidence", 1.0),
                    table.texts("reasons"),
                    new ExpectedUse(
                            table.decimal("expectedShare", -1),
                            table.decimal("expectedRemoteFreeRatio", -1),
                            table.has("expectedPeakBytes")
                                    ? table.number("expectedPeakBytes", 0, Long.MAX_VALUE)
                                    : -1));
        } catch (IllegalArgumentException e) {
            throw table.within(e);
        }
    }

    private static PolicySite site(TomlTable table) {
        String id = table.text("site", PolicySite.ANY.id());
        if (id.equals(PolicySite.ANY.id())) {
            return PolicySite.ANY;
        }
        if (!id.matches("[0-9a-fA-F]{16}") || id.matches("0+")) {
            throw new IllegalArgumentException("site: " + id + " (expected: any, or 16 hexadecimal digits)");
        }
        return new PolicySite(Long.parseUnsignedLong(id, 16), table.text("siteText", ""));
    }
}
