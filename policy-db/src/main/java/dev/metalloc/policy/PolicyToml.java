// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
            "reasons");
    private static final TomlMapper MAPPER = new TomlMapper();

    // jackson-dataformat-toml 2.22 reads decimal numbers of 19 digits as their last ten; hexadecimal ones it reads
    // right.
    private static final Pattern MISREAD_NUMBER = Pattern.compile("(?m)^\\s*(\\w+)\\s*=\\s*[+-]?(?:\\d_?){19,}");

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
            return policy(new TomlTable("", tree(text)));
        } catch (IllegalArgumentException e) {
            throw new PolicyFormatException(source + ": " + e.getMessage());
        }
    }

    private static ObjectNode tree(String text) {
        requireReadableNumbers(text);
        try {
            JsonNode root = MAPPER.readTree(text);
            if (root instanceof ObjectNode table) {
                return table;
            }
            throw new IllegalArgumentException("empty (expected: a policy)");
        } catch (JacksonException e) {
            String where =
                    e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
            throw new IllegalArgumentException(where + "not valid TOML: " + firstLine(e.getOriginalMessage()), e);
        }
    }

    private static void requireReadableNumbers(String text) {
        Matcher number = MISREAD_NUMBER.matcher(text);
        if (number.find()) {
            throw new IllegalArgumentException(
                    number.group(1) + ": a number of 19 or more digits (write it as 0x and hexadecimal digits)");
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    private static Policy policy(TomlTable table) {
        requireSchema(table);
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

    // Before the other keys: a newer schema has keys that this version would only call unknown.
    private static void requireSchema(TomlTable table) {
        long schema = table.number("schema", 1, Integer.MAX_VALUE);
        if (schema > SCHEMA) {
            throw new IllegalArgumentException(
                    "schema: " + schema + " is newer than " + SCHEMA + " (update metalloc to read it)");
        }
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
                    entryPoint(table),
                    site(table),
                    table.number("minBytes", 0, Long.MAX_VALUE),
                    table.number("maxBytes", 0, Long.MAX_VALUE),
                    new AllocatorSpec(table.text("allocator"), parameters(table)),
                    table.decimal("confidence", 1.0),
                    table.texts("reasons"));
        } catch (IllegalArgumentException e) {
            throw table.within(e);
        }
    }

    private static EntryPoint entryPoint(TomlTable table) {
        String name = table.text("entryPoint");
        return Arrays.stream(EntryPoint.values())
                .filter(entryPoint -> entryPoint.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "entryPoint: " + name + " (expected: one of " + Arrays.toString(EntryPoint.values()) + ")"));
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

    private static Map<String, String> parameters(TomlTable table) {
        Map<String, String> parameters = new TreeMap<>();
        for (Map.Entry<String, JsonNode> parameter : table.children("parameters")) {
            if (!parameter.getValue().isValueNode()) {
                throw new IllegalArgumentException(
                        "parameters." + parameter.getKey() + ": a table or list (expected: a text or number)");
            }
            parameters.put(parameter.getKey(), parameter.getValue().asText());
        }
        return parameters;
    }
}
