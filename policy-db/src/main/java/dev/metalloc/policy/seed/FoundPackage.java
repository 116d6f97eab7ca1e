// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import java.nio.file.Path;

/**
 * A package found on an application's class path.
 *
 * @param seed what is known of it
 * @param coordinates as found, or the seed's own where only names told
 * @param version as found; empty where nothing says
 * @param how what told
 * @param where the jar or folder; the JDK's home for the JDK itself
 */
public record FoundPackage(Seed seed, String coordinates, String version, How how, Path where) {

    /** What a package was known by, the surest first. */
    public enum How {
        /** {@code META-INF/maven/**}{@code /pom.properties}. */
        COORDINATES("its Maven coordinates"),
        MANIFEST("its manifest"),
        JAR_NAME("the jar's name"),
        /** A copy under another package name, or unpacked. */
        CLASS_NAMES("its classes"),
        RUNTIME("the JVM that is started");

        private final String words;

        How(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /** Such as {@code netty-4.2 (io.netty:netty-buffer 4.2.20.Final)}. */
    public String name() {
        return seed.name() + " (" + coordinates + (version.isEmpty() ? "" : " " + version) + ")";
    }
}
