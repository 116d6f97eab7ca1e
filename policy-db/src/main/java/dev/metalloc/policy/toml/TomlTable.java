// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.toml;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to a TOML table; every error names the field.
 *
 * @param path names the table in error messages; empty for the whole file
 */
public record TomlTable(String path, ObjectNode node) {

    private static final TomlMapper MAPPER = new TomlMapper();

    // jackson-dataformat-toml 2.22 reads decimal numbers of 19 digits as their last ten; hexadecimal ones it reads
    // right.
    private static final Pattern MISREAD_NUMBER = Pattern.compile("(?m)^\\s*(\\w+)\\s*=\\s*[+-]?(?:\\d_?){19,}");

    /**
     * Reads a file's text.
     *
     * @throws IllegalArgumentException naming the line that is wrong
     */
    public static TomlTable parse(String text) {
        requireReadableNumbers(text);
        try {
            JsonNode root = MAPPER.readTree(text);
            if (root instanceof ObjectNode table) {
                return new TomlTable("", table);
            }
            throw new IllegalArgumentException("empty (expected: some keys)");
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

    /**
     * Refuses what a newer version wrote; to be asked before the other keys, which this version might only call unknown.
     */
    public void requireSchema(int newest) {
        long schema = number("schema", 1, Integer.MAX_VALUE);
        if (schema > newest) {
            throw new IllegalArgumentException(
                    "schema: " + schema + " is newer than " + newest + " (update metalloc to read it)");
        }
    }

    public boolean has(String key) {
        return node.has(key);
    }

    public boolean flag(String key, boolean defaultValue) {
        JsonNode value = node.get(key);
        if (value == null) {
            return defaultValue;
        }
        if (!value.isBoolean()) {
            throw wrong(key, value + " (expected: true or false)");
        }
        return value.asBoolean();
    }

    /** One of an enum's names. */
    public <E extends Enum<E>> E name(String key, Class<E> names) {
        String name = text(key);
        for (E each : names.getEnumConstants()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw wrong(key, name + " (expected: one of " + Arrays.toString(names.getEnumConstants()) + ")");
    }

    /** A table of texts and numbers, each as a text. */
    public Map<String, String> textsByName(String key) {
        Map<String, String> texts = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : children(key)) {
            if (!entry.getValue().isValueNode()) {
                throw wrong(key + "." + entry.getKey(), "a table or list (expected: a text or number)");
            }
            texts.put(entry.getKey(), entry.getValue().asText());
        }
        return texts;
    }

    public void requireKeys(Set<String> known) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!known.contains(entry.getKey())) {
                throw wrong(entry.getKey(), "unknown key (known: " + String.join(", ", new TreeSet<>(known)) + ")");
            }
        }
    }

    public String text(String key) {
        JsonNode value = required(key);
        // Dates are a type of their own in TOML; they arrive here as text or as embedded objects.
        if (!value.isTextual() && !value.isPojo()) {
            throw wrong(key, value + " (expected: a text in quotes)");
        }
        return value.asText();
    }

    public String text(String key, String defaultValue) {
        return node.has(key) ? text(key) : defaultValue;
    }

    public long number(String key, long min, long max) {
        JsonNode value = required(key);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < min || value.asLong() > max) {
            throw wrong(key, value + " (expected: a whole number from " + min + " to " + max + ")");
        }
        return value.asLong();
    }

    public double decimal(String key, double defaultValue) {
        JsonNode value = node.get(key);
        if (value == null) {
            return defaultValue;
        }
        if (!value.isNumber()) {
            throw wrong(key, value + " (expected: a number)");
        }
        return value.asDouble();
    }

    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (JsonNode value : array(key)) {
            if (!value.isTextual()) {
                throw wrong(key, value + " (expected: a list of texts)");
            }
            texts.add(value.asText());
        }
        return texts;
    }

    public List<TomlTable> tables(String key) {
        List<TomlTable> tables = new ArrayList<>();
        for (JsonNode value : array(key)) {
            if (!(value instanceof ObjectNode table)) {
                throw wrong(key, "expected: tables that start with [[" + key + "]]");
            }
            tables.add(new TomlTable(key + " " + (tables.size() + 1), table));
        }
        return tables;
    }

    private Set<Map.Entry<String, JsonNode>> children(String key) {
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
    public IllegalArgumentException within(IllegalArgumentException problem) {
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
