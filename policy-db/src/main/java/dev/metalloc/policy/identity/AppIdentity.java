// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.identity;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name under which an application's profiles and policies are kept.
 *
 * <p>Explicit name, else the main jar's Maven coordinates, else the main class. The version is no part of the name, so
 * that an update keeps its policy.
 *
 * @param name the identity, such as {@code com.example:cache} or {@code com.example.Main}
 * @param version the version where the coordinates state one, else empty
 */
public record AppIdentity(String name, String version, Source source) {

    /** Where the name was taken from. */
    public enum Source {
        EXPLICIT,
        COORDINATES,
        MAIN_CLASS,
        JAR_NAME,
        /** The command line starts no application. */
        NONE
    }

    /** The identity of a command line that starts no application, such as {@code java -version}. */
    public static final AppIdentity NONE = new AppIdentity("none", "", Source.NONE);

    /**
     * Tells who a command line starts; never fails, since what is wrong with it the JVM will say.
     *
     * @param explicitName the name the user gave, or null
     * @param commandLine the {@code java} executable and its arguments
     * @param workingFolder where the command will run
     */
    public static AppIdentity of(@Nullable String explicitName, List<String> commandLine, Path workingFolder) {
        if (explicitName != null && !explicitName.isBlank()) {
            return new AppIdentity(explicitName.trim(), "", Source.EXPLICIT);
        }
        if (commandLine.isEmpty()) {
            return NONE;
        }
        List<String> arguments = ArgumentFiles.expand(commandLine.subList(1, commandLine.size()), workingFolder);
        return of(JavaCommandLine.parse(arguments), workingFolder);
    }

    public boolean isNone() {
        return source == Source.NONE;
    }

    private static AppIdentity of(JavaCommandLine commandLine, Path workingFolder) {
        return switch (commandLine.kind()) {
            case JAR -> JarIdentity.of(workingFolder.resolve(commandLine.target()));
            case CLASS, MODULE -> new AppIdentity(commandLine.target(), "", Source.MAIN_CLASS);
            case SOURCE -> new AppIdentity(sourceName(commandLine.target()), "", Source.MAIN_CLASS);
            case NONE -> NONE;
        };
    }

    private static String sourceName(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        return name.endsWith(".java") ? name.substring(0, name.length() - ".java".length()) : name;
    }
}
