// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.timing;

import java.util.Map;
import java.util.TreeMap;

/**
 * What is measured: an allocator of ours with its parameters, or a native one.
 *
 * @param label its name in tables
 * @param allocator an allocator's name
 * @param parameters of an allocator of ours
 * @param isPeer whether it is none of ours
 */
public record Subject(String label, String allocator, Map<String, String> parameters, boolean isPeer) {

    /** The loop alone: every request gets the same block. */
    public static final String LOOP = "loop";
    /** An allocator that takes no time and wastes nothing: what no allocator can beat. */
    public static final String FLOOR = "floor";
    /** The JDK's raw memory, {@code sun.misc.Unsafe}. */
    public static final String UNSAFE = "unsafe";
    /** The C library's malloc and free through handles as applications link them. */
    public static final String DOWNCALL = "downcall";

    public Subject {
        parameters = Map.copyOf(parameters);
    }

    public static Subject peer(String name) {
        return new Subject(name, name, Map.of(), true);
    }

    public static Subject ours(String label, String allocator, Map<String, String> parameters) {
        return new Subject(label, allocator, parameters, false);
    }

    /** {@code segregated[quickBytes=0;spacing=64]}. */
    public String text() {
        if (parameters.isEmpty()) {
            return allocator;
        }
        StringBuilder text = new StringBuilder(allocator).append('[');
        new TreeMap<>(parameters)
                .forEach((name, value) ->
                        text.append(name).append('=').append(value).append(';'));
        text.setCharAt(text.length() - 1, ']');
        return text.toString();
    }
}
