// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A workload's arguments, each {@code name=value}; an argument nobody asks for is refused, since it was meant to do something. */
public final class WorkArguments {

    private final Map<String, String> values = new HashMap<>();

    public WorkArguments(String[] arguments) {
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException("argument: " + argument + " (expected: name=value)");
            }
            values.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
    }

    public long number(String name, long otherwise) {
        return text(name).map(Long::parseLong).orElse(otherwise);
    }

    public int count(String name, int otherwise) {
        return Math.toIntExact(number(name, otherwise));
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.remove(name));
    }

    /** To be called when all known arguments were read. */
    public void refuseOthers() {
        if (!values.isEmpty()) {
            throw new IllegalArgumentException("unknown arguments: " + values.keySet());
        }
    }
}
