// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.api;

import java.util.Map;
import java.util.TreeMap;

/**
 * An allocator's name and parameters, as a policy states them.
 *
 * @param allocator name, as in {@link AllocatorTraits#name()}
 * @param parameters name to value; absent ones take the allocator's default; sizes in bytes
 */
public record AllocatorSpec(String allocator, Map<String, String> parameters) {

    public AllocatorSpec {
        parameters = Map.copyOf(new TreeMap<>(parameters));
    }

    public static AllocatorSpec of(String allocator) {
        return new AllocatorSpec(allocator, Map.of());
    }

    /**
     * The parameter as a whole number.
     *
     * @throws IllegalArgumentException naming the parameter where its value is no whole number
     */
    public long longParameter(String name, long defaultValue) {
        String text = parameters.get(name);
        if (text == null) {
            return defaultValue;
        }
        try {
            return Long.parseLong(text.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(allocator + "." + name + ": " + text + " (expected: a whole number)", e);
        }
    }
}
