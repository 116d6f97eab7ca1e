// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.AllocatorSpec;

/** Reads a specification's parameters and refuses those the allocator does not know. */
final class Parameters {

    private final AllocatorSpec spec;

    /** @throws IllegalArgumentException naming the first parameter that is not among the known ones */
    Parameters(AllocatorSpec spec, String... known) {
        this.spec = spec;
        for (String name : spec.parameters().keySet()) {
            if (!contains(known, name)) {
                throw new IllegalArgumentException(
                        spec.allocator() + "." + name + ": unknown parameter (expected: " + join(known) + ")");
            }
        }
    }

    /** As the constructor, for an allocator without parameters. */
    static void requireNone(AllocatorSpec spec) {
        for (String name : spec.parameters().keySet()) {
            throw new IllegalArgumentException(spec.allocator() + "." + name + ": unknown parameter (expected: none)");
        }
    }

    private static boolean contains(String[] names, String name) {
        for (String known : names) {
            if (known.equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static String join(String[] names) {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append(text.isEmpty() ? "" : ", ").append(name);
        }
        return text.toString();
    }

    String allocator() {
        return spec.allocator();
    }

    long number(String name, long defaultValue) {
        return spec.longParameter(name, defaultValue);
    }

    String text(String name, String defaultValue) {
        String value = spec.parameters().get(name);
        return value == null ? defaultValue : value.trim();
    }

    /** Comma-separated; none where nothing is said. */
    long[] numbers(String name) {
        String value = text(name, "");
        String[] words = value.isEmpty() ? new String[0] : value.split(",", -1);
        long[] numbers = new long[words.length];
        for (int i = 0; i < numbers.length; i++) {
            try {
                numbers[i] = Long.parseLong(words[i].trim());
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        spec.allocator() + "." + name + ": " + words[i] + " (expected: whole numbers)", e);
            }
        }
        return numbers;
    }

    boolean flag(String name, boolean defaultValue) {
        String value = text(name, defaultValue ? "true" : "false");
        if (value.equals("true")) {
            return true;
        }
        if (value.equals("false")) {
            return false;
        }
        throw new IllegalArgumentException(spec.allocator() + "." + name + ": " + value + " (expected: true or false)");
    }
}
