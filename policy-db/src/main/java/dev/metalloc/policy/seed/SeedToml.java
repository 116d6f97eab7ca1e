// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.PolicyFormatException;
import dev.metalloc.policy.toml.TomlTable;
import dev.metalloc.profiler.api.EntryPoint;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Set;

/** Reads seeds from TOML and holds them to their schema. Any thread. */
public final class SeedToml {

    static final int SCHEMA = 1;

    private static final Set<String> KEYS =
            Set.of("schema", "title", "coordinates", "versions", "classes", "modules", "uncovered", "rule", "evidence");
    private static final Set<String> RULE_KEYS = Set.of(
            "entryPoint",
            "sites",
            "minBytes",
            "maxBytes",
            "allocator",
            "parameters",
            "strict",
            "confidence",
            "reasons");
    private static final Set<String> EVIDENCE_KEYS = Set.of("claim", "link", "date", "by");

    private static final int MONTH_CHARACTERS = "2026-01".length();

    private SeedToml() {}

    /**
     * Reads a seed.
     *
     * @param name the file's name without {@code .toml}
     * @param source names the text in messages
     * @throws PolicyFormatException naming the line or field that is wrong
     */
    public static Seed parse(String text, String name, String source) throws PolicyFormatException {
        try {
            return seed(TomlTable.parse(text), name);
        } catch (IllegalArgumentException e) {
            throw new PolicyFormatException(source + ": " + e.getMessage());
        }
    }

    private static Seed seed(TomlTable table, String name) {
        table.requireSchema(SCHEMA);
        table.requireKeys(KEYS);
        for (String coordinates : table.texts("coordinates")) {
            if (!coordinates.matches("[\\w.-]+:[\\w.-]+")) {
                throw new IllegalArgumentException("coordinates: " + coordinates + " (expected: group:artifact)");
            }
        }
        return new Seed(
                name,
                table.text("title"),
                table.texts("coordinates"),
                new VersionRange(table.text("versions")),
                table.texts("classes"),
                table.texts("modules"),
                table.text("uncovered", ""),
                table.tables("rule").stream().map(SeedToml::rule).toList(),
                table.tables("evidence").stream().map(SeedToml::evidence).toList());
    }

    private static SeedRule rule(TomlTable table) {
        table.requireKeys(RULE_KEYS);
        try {
            return new SeedRule(
                    table.name("entryPoint", EntryPoint.class),
                    table.text("sites"),
                    table.has("minBytes") ? table.number("minBytes", 0, Long.MAX_VALUE) : 0,
                    table.has("maxBytes") ? table.number("maxBytes", 0, Long.MAX_VALUE) : Long.MAX_VALUE,
                    new AllocatorSpec(table.text("allocator"), table.textsByName("parameters")),
                    table.flag("strict", false),
                    table.decimal("confidence", 0.5),
                    table.texts("reasons"));
        } catch (IllegalArgumentException e) {
            throw table.within(e);
        }
    }

    private static Evidence evidence(TomlTable table) {
        table.requireKeys(EVIDENCE_KEYS);
        try {
            String date = table.text("date");
            if (date.length() == MONTH_CHARACTERS) {
                YearMonth.parse(date);
            } else {
                LocalDate.parse(date);
            }
            String link = table.text("link");
            if (!link.matches("https://\\S+|docs/\\S+")) {
                throw new IllegalArgumentException(
                        "link: " + link + " (expected: an https address, or a file below docs/)");
            }
            return new Evidence(table.text("claim"), link, date, table.text("by"));
        } catch (DateTimeException e) {
            throw table.within(
                    new IllegalArgumentException("date: expected a day or month such as 2026-01-31 or 2026-01", e));
        } catch (IllegalArgumentException e) {
            throw table.within(e);
        }
    }
}
