// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The real packages that the build fetched for the tests. */
final class SeedJars {

    private static final Path FOLDER = Path.of(System.getProperty("metalloc.seed.jars", "target/seed-jars"));

    private SeedJars() {}

    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    static Path named(String prefix) throws IOException {
        return all().stream()
                .filter(jar -> String.valueOf(jar.getFileName()).startsWith(prefix))
                .findFirst()
                .orElseThrow(() -> new IOException("no jar " + prefix + " in " + FOLDER + " (build with Maven first)"));
    }
}
