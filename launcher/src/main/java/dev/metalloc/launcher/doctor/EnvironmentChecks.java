// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.doctor;

import dev.metalloc.launcher.Surroundings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Variables that change how memory is allocated, or what JVM options every application gets. */
public final class EnvironmentChecks {

    private static final Pattern DIRECT_LIMIT = Pattern.compile("-XX:MaxDirectMemorySize=(\\S+)");

    private final Surroundings surroundings;

    public EnvironmentChecks(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(preload());
        findings.add(nativeArenas());
        findings.add(directMemoryLimit());
        otherAgents().ifPresent(findings::add);
        return findings;
    }

    private Finding preload() {
        return surroundings
                .variable("LD_PRELOAD")
                .map(
                        value -> Finding.change(
                                "preload",
                                "LD_PRELOAD=" + value
                                        + " puts another native allocator in place (before and after differ less; compare without it)"))
                .orElseGet(() -> Finding.well("preload", "no LD_PRELOAD"));
    }

    private Finding nativeArenas() {
        return Finding.well(
                "native heap",
                surroundings
                        .variable("MALLOC_ARENA_MAX")
                        .map(value -> "MALLOC_ARENA_MAX=" + value)
                        .orElse("MALLOC_ARENA_MAX not set: glibc makes up to 8 heaps per core"));
    }

    private Finding directMemoryLimit() {
        for (String variable : Surroundings.OPTION_VARIABLES) {
            Matcher limit = DIRECT_LIMIT.matcher(surroundings.variable(variable).orElse(""));
            if (limit.find()) {
                return Finding.well("direct memory", variable + " limits it to " + limit.group(1));
            }
        }
        return Finding.well(
                "direct memory",
                "-XX:MaxDirectMemorySize not set in the environment: the limit is the application's largest heap size");
    }

    private Optional<Finding> otherAgents() {
        return Surroundings.OPTION_VARIABLES.stream()
                .filter(variable -> surroundings.variable(variable).orElse("").contains("-javaagent"))
                .findFirst()
                .map(variable -> Finding.change(
                        "other agents",
                        variable + " loads another agent (hooks on classes that it changes too stay off)"));
    }
}
