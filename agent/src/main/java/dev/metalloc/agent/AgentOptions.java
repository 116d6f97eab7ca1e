// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.profiler.api.ProfileMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The agent's argument string: a mode, then {@code key=value} pairs, separated by commas; values percent-encoded.
 *
 * <p>{@code profile,out=FILE[,trace=FILE][,app=NAME][,mode=sampled|full][,durationMillis=N][,spool=DIR][,cache=DIR][,quiet]},
 * {@code run,plan=FILE[,app=NAME][,cache=DIR][,marks=DIR][,quiet]} or {@code detach}.
 */
public final class AgentOptions {

    private static final String[] KNOWN = {
        "app", "cache", "durationMillis", "marks", "mode", "out", "plan", "quiet", "spool", "trace"
    };

    private final AgentMode mode;
    private final Map<String, String> values;

    private AgentOptions(AgentMode mode, Map<String, String> values) {
        this.mode = mode;
        this.values = values;
    }

    /**
     * Parses the argument string.
     *
     * @throws IllegalArgumentException naming what is wrong and what was expected
     */
    public static AgentOptions parse(@Nullable String arguments) {
        String text = arguments == null ? "" : arguments;
        int start = text.indexOf(',');
        AgentMode mode = modeOf(start < 0 ? text : text.substring(0, start));
        Map<String, String> values = new HashMap<>();
        while (start >= 0) {
            int end = text.indexOf(',', start + 1);
            put(values, text.substring(start + 1, end < 0 ? text.length() : end));
            start = end;
        }
        if (mode != AgentMode.DETACH) {
            require(values, mode == AgentMode.PROFILE ? "out" : "plan");
        }
        return new AgentOptions(mode, values);
    }

    private static AgentMode modeOf(String word) {
        if (word.equals("profile")) {
            return AgentMode.PROFILE;
        }
        if (word.equals("run")) {
            return AgentMode.RUN;
        }
        if (word.equals("detach")) {
            return AgentMode.DETACH;
        }
        throw new IllegalArgumentException("agent mode '" + word + "' (expected: profile, run or detach)");
    }

    private static void put(Map<String, String> values, String pair) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals);
        for (String known : KNOWN) {
            if (known.equals(key)) {
                values.put(key, equals < 0 ? "" : decode(pair.substring(equals + 1)));
                return;
            }
        }
        throw new IllegalArgumentException(
                "agent option '" + key + "' (expected one of: " + String.join(", ", KNOWN) + ")");
    }

    private static String decode(String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        // The decoder is the one of forms, which also reads a plus sign as a blank.
        return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static void require(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("agent option '" + key + "' is missing (expected: " + key + "=FILE)");
        }
    }

    public AgentMode mode() {
        return mode;
    }

    public @Nullable String text(String key) {
        String value = values.get(key);
        return value == null || value.isEmpty() ? null : value;
    }

    public @Nullable Path path(String key) {
        String value = text(key);
        return value == null ? null : Path.of(value);
    }

    /** The path of a key that {@link #parse} has found present. */
    public Path requiredPath(String key) {
        Path path = path(key);
        if (path == null) {
            throw new IllegalArgumentException("agent option '" + key + "' is missing (expected: " + key + "=FILE)");
        }
        return path;
    }

    /** Where to say how the run ends; null for nowhere, and where nothing is said at the end. */
    public @Nullable Path marks() {
        return isSet("quiet") ? null : path("marks");
    }

    public String app() {
        String app = text("app");
        return app == null ? "unknown" : app;
    }

    public ProfileMode profileMode() {
        String word = text("mode");
        if (word == null || word.equals("sampled")) {
            return ProfileMode.SAMPLED;
        }
        if (word.equals("full")) {
            return ProfileMode.FULL;
        }
        throw new IllegalArgumentException("profile mode '" + word + "' (expected: sampled or full)");
    }

    /** How long to record; the largest number there is where nothing was said. */
    public long durationNanos() {
        String word = text("durationMillis");
        if (word == null) {
            return Long.MAX_VALUE;
        }
        try {
            long millis = Long.parseLong(word);
            if (millis > 0) {
                return TimeUnit.MILLISECONDS.toNanos(millis);
            }
        } catch (NumberFormatException e) {
            throw wrongDuration(word, e);
        }
        throw wrongDuration(word, null);
    }

    private static IllegalArgumentException wrongDuration(String word, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "durationMillis '" + word + "' (expected: a number of milliseconds, at least 1)", cause);
    }

    public boolean isSet(String key) {
        return values.containsKey(key);
    }
}
