// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The folder where profiles, policies and caches are kept: {@code METALLOC_HOME}, else {@code ~/.metalloc}. */
public record MetallocHome(Path folder) {

    // Without a lambda: an application waits for this, and the first lambda of a JVM takes milliseconds.
    public static MetallocHome of(Surroundings surroundings) {
        Optional<String> named = surroundings.variable("METALLOC_HOME");
        return new MetallocHome(
                named.isPresent()
                        ? surroundings.workingDirectory().resolve(named.get())
                        : Path.of(System.getProperty("user.home"), ".metalloc"));
    }

    public Path profiles() {
        return folder.resolve("profiles");
    }

    public Path plans() {
        return folder.resolve("plans");
    }

    /** What a fleet's server said last, for when it does not answer. */
    public Path policies() {
        return folder.resolve("policies");
    }

    /** How runs ended, a folder for each policy. */
    public Path runs() {
        return folder.resolve("runs");
    }

    /** The user's own seeds. */
    public Path seeds() {
        return folder.resolve("seeds");
    }

    /** Public keys of those whose bundles are taken. */
    public Path trustedKeys() {
        return folder.resolve("trusted");
    }

    public Path store() {
        return folder.resolve("metalloc.db");
    }

    public Path spool() {
        return folder.resolve("spool");
    }

    /** Where the agent keeps what it prepared for a JDK build. */
    public Path cache() {
        return folder.resolve("cache");
    }

    /** Makes the folders where they are missing and tries a write; one clear failure where it cannot be done. */
    public MetallocHome prepared() {
        try {
            for (Path each : new Path[] {folder, profiles(), plans(), spool(), cache()}) {
                Files.createDirectories(each);
            }
            Files.delete(Files.createTempFile(folder, ".writable", null));
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot write METALLOC_HOME=" + folder + " (set METALLOC_HOME to a folder that can be written)", e);
        }
        return this;
    }
}
