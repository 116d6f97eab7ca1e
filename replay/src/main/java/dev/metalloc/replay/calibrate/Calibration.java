// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.calibrate;

import dev.metalloc.replay.timing.Timing;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/** What was measured, in the cost model's names: numbers, and curves by size. Confined. */
final class Calibration {

    private final SortedMap<String, Timing> numbers = new TreeMap<>();
    private final SortedMap<String, SortedMap<Long, Timing>> curves = new TreeMap<>();

    void put(String name, Timing nanos) {
        numbers.put(name, nanos);
    }

    void put(String name, long byteSize, Timing nanos) {
        curves.computeIfAbsent(name, key -> new TreeMap<>()).put(byteSize, nanos);
    }

    /** As properties that the cost model reads; with each figure half its 95 % confidence interval, under its name and {@code .error}. */
    String text() {
        StringBuilder text = new StringBuilder();
        numbers.forEach((name, timing) -> {
            append(text, name, format(timing.nanosPerEvent()));
            append(text, name + ".error", format(timing.nanosPerEventError()));
        });
        curves.forEach((name, points) -> {
            if (!isSure(points)) {
                return;
            }
            append(text, name, curve(points, false));
            append(text, name + ".error", curve(points, true));
        });
        return text.toString();
    }

    /** A curve goes through all of its points, so one that was disturbed spoils it. */
    private static boolean isSure(Map<Long, Timing> points) {
        return points.values().stream().allMatch(timing -> timing.nanosPerEvent() > 2 * timing.nanosPerEventError());
    }

    private static String curve(Map<Long, Timing> points, boolean errors) {
        StringJoiner joined = new StringJoiner(" ");
        points.forEach((byteSize, timing) ->
                joined.add(byteSize + ":" + format(errors ? timing.nanosPerEventError() : timing.nanosPerEvent())));
        return joined.toString();
    }

    private static void append(StringBuilder text, String name, String value) {
        text.append(name).append(" = ").append(value).append('\n');
    }

    /** At least a hundredth of a nanosecond: curves are drawn through logarithms. */
    private static String format(double nanos) {
        return String.format(Locale.ROOT, "%.2f", Math.max(0.01, nanos));
    }
}
