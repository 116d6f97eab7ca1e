// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JDK's version and modules as its {@code release} file states it: starting the JVM to ask would cost the user a start-up. */
public record JavaRelease(Path home, String version, int feature, Set<String> modules) {

    public JavaRelease {
        modules = Set.copyOf(modules);
    }

    /** The oldest feature release that the agent loads into. */
    public static final int LEAST_FEATURE = 22;

    private static final Pattern MODULES_LINE = Pattern.compile("^MODULES=\"([^\"]*)\"", Pattern.MULTILINE);
    private static final Pattern VERSION_LINE = Pattern.compile("^JAVA_VERSION=\"((\\d+)[^\"]*)\"", Pattern.MULTILINE);

    /** The JDK at a folder; empty where there is no {@code release} file that says. */
    public static Optional<JavaRelease> in(Path home) {
        Path release = home.resolve("release");
        try {
            String text = Files.readString(release, StandardCharsets.ISO_8859_1);
            Matcher line = VERSION_LINE.matcher(text);
            return line.find()
                    ? Optional.of(
                            new JavaRelease(home, line.group(1), Integer.parseInt(line.group(2)), modulesIn(text)))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Empty where the file does not say. */
    private static Set<String> modulesIn(String release) {
        Matcher line = MODULES_LINE.matcher(release);
        return line.find() ? new HashSet<>(List.of(line.group(1).split(" ", -1))) : Set.of();
    }

    /** The JDK that a {@code java} executable belongs to, through symbolic links. */
    public static Optional<JavaRelease> ofExecutable(Path java) {
        try {
            Path bin = java.toRealPath().getParent();
            return bin == null || bin.getParent() == null ? Optional.empty() : in(bin.getParent());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public boolean takesAgent() {
        return feature >= LEAST_FEATURE;
    }
}
