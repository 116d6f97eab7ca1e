// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import dev.metalloc.replay.timing.Subject;
import java.util.HashMap;
import java.util.Map;

/**
 * Our allocators by name alone, made to serve a whole program: blocks too large for one go to a segregated fit behind it, as
 * they would go to the JDK in an application.
 */
final class PlainSubjects {

    private static final String LARGEST_BLOCK = String.valueOf(1L << 30);

    private PlainSubjects() {}

    static Subject of(String name) {
        return switch (name) {
            case "bump" -> before(name, 256L << 10, Map.of());
            case "slab" -> before(name, 32L << 10, Map.of());
            case "buddy" -> before(name, 16L << 20, Map.of("0.chunkBytes", String.valueOf(16L << 20)));
            case "segregated" -> Subject.ours(name, name, Map.of("maxBlockBytes", LARGEST_BLOCK));
            default -> Subject.ours(name, name, Map.of());
        };
    }

    private static Subject before(String name, long limitBytes, Map<String, String> parameters) {
        Map<String, String> all = new HashMap<>(parameters);
        all.put("parts", name + ",segregated");
        all.put("limits", String.valueOf(limitBytes));
        all.put("1.maxBlockBytes", LARGEST_BLOCK);
        return Subject.ours(name, "composite", all);
    }
}
