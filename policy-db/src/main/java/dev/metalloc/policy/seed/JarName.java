// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a jar's file name tells by Maven's habit, {@code artifact-version[-classifier].jar}.
 *
 * @param version empty where the name has none
 */
record JarName(String artifactId, String version) {

    private static final Pattern NAME = Pattern.compile("(.+?)(?:-(\\d[\\w.+-]*))?\\.jar");

    // Only what is known to be one: the version itself may have hyphens.
    private static final Pattern CLASSIFIER = Pattern.compile(
            "-(?:(?:natives|linux|osx|macos|windows)(?:-.*)?|sources|javadoc|tests|test-sources|jdk\\d+|shaded|all)$");

    static Optional<JarName> of(String fileName) {
        Matcher name = NAME.matcher(fileName);
        if (!name.matches()) {
            return Optional.empty();
        }
        String version = name.group(2);
        return Optional.of(new JarName(name.group(1), version == null ? "" : withoutClassifier(version)));
    }

    private static String withoutClassifier(String version) {
        return CLASSIFIER.matcher(version).replaceFirst("");
    }
}
