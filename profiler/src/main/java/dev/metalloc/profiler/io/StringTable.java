// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Numbers the strings of a file in the order of their first use: class names occur in many frames. */
final class StringTable {
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    int number(String text) {
        Integer known = numbers.putIfAbsent(text, numbers.size());
        return known == null ? numbers.size() - 1 : known;
    }

    void writeTo(ProfileOutput out) {
        out.varint(numbers.size());
        for (String text : numbers.keySet()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.varint(bytes.length);
            out.bytes(bytes, bytes.length);
        }
    }
}
