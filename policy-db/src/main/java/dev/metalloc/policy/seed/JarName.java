// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a jar's file name tells by Maven's habit, {@code artifact-version.jar}.
 *
 * @param version empty where the name has none
 */
record JarName(String artifactId, String version) {

    private static final Pattern NAME = Pattern.compile("(.+?)(?:-(\\d[\\w.+-]*))?\\.jar");

    static Optional<JarName> of(String fileName) {
        Matcher name = NAME.matcher(fileName);
        if (!name.matches()) {
            return Optional.empty();
        }
        String version = name.group(2);
        return Optional.of(new JarName(name.group(1), version == null ? "" : version));
    }
}
