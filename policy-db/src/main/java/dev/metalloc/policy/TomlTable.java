// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to a TOML table; every error names the field.
 *
 * @param path names the table in error messages; empty for the whole file
 */
record TomlTable(String path, ObjectNode node) {

    void requireKeys(Set<String> known) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!known.contains(entry.getKey())) {
                throw wrong(entry.getKey(), "unknown key (known: " + String.join(", ", new TreeSet<>(known)) + ")");
            }
        }
    }

    String text(String key) {
        JsonNode value = required(key);
        // Dates are a type of their own in TOML; they arrive here as text or as embedded objects.
        if (!value.isTextual() && !value.isPojo()) {
            throw wrong(key, value + " (expected: a text in quotes)");
        }
        return value.asText();
    }

    String text(String key, String defaultValue) {
        return node.has(key) ? text(key) : defaultValue;
    }

    long number(String key, long min, long max) {
        JsonNode value = required(key);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < min || value.asLong() > max) {
            throw wrong(key, value + " (expected: a whole number from " + min + " to " + max + ")");
        }
        return value.asLong();
    }

    double decimal(String key, double defaultValue) {
        JsonNode value = node.get(key);
        if (value == null) {
            return defaultValue;
        }
        if (!value.isNumber()) {
            throw wrong(key, value + " (expected: a number)");
        }
        return value.asDouble();
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (JsonNode value : array(key)) {
            if (!value.isTextual()) {
                throw wrong(key, value + " (expected: a list of texts)");
            }
            texts.add(value.asText());
        }
        return texts;
    }

    List<TomlTable> tables(String key) {
        List<TomlTable> tables = new ArrayList<>();
        for (JsonNode value : array(key)) {
            if (!(value instanceof ObjectNode table)) {
                throw wrong(key, "expected: tables that start with [[" + key + "]]");
            }
            tables.add(new TomlTable(key + " " + (tables.size() + 1), table));
        }
        return tables;
    }

    Set<Map.Entry<String, JsonNode>> children(String key) {
        JsonNode value = node.get(key);
        if (value == null) {
            return Set.of();
        }
        if (!(value instanceof ObjectNode table)) {
            throw wrong(key, value + " (expected: a table)");
        }
        return table.properties();
    }

    /** The same problem, with this table named first where it is not yet. */
    IllegalArgumentException within(IllegalArgumentException problem) {
        String message = String.valueOf(problem.getMessage());
        return message.startsWith(path + ": ") ? problem : new IllegalArgumentException(path + ": " + message, problem);
    }

    private Iterable<JsonNode> array(String key) {
        JsonNode value = node.get(key);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(key, "expected: a list");
        }
        return value;
    }

    private JsonNode required(String key) {
        @Nullable JsonNode value = node.get(key);
        if (value == null) {
            throw wrong(key, "missing (add it)");
        }
        return value;
    }

    private IllegalArgumentException wrong(String key, String problem) {
        return new IllegalArgumentException((path.isEmpty() ? "" : path + ": ") + key + ": " + problem);
    }
}
