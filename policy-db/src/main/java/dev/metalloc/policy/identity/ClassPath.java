// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.identity;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** The jars and folders that a {@code java} command line puts on the class path and the module path. */
public final class ClassPath {

    private final Path workingFolder;
    private final Set<Path> entries = new LinkedHashSet<>();

    private ClassPath(Path workingFolder) {
        this.workingFolder = workingFolder;
    }

    /**
     * What is there to be loaded from; never fails, since what is wrong with a path the JVM will say.
     *
     * @param commandLine the {@code java} executable and its arguments
     * @param workingFolder where the command will run
     * @param variable {@code CLASSPATH} of the environment, or null
     */
    public static List<Path> of(List<String> commandLine, Path workingFolder, @Nullable String variable) {
        if (commandLine.isEmpty()) {
            return List.of();
        }
        List<String> arguments = ArgumentFiles.expand(commandLine.subList(1, commandLine.size()), workingFolder);
        JavaCommandLine parsed = JavaCommandLine.parse(arguments);
        ClassPath path = new ClassPath(workingFolder);
        if (parsed.kind() == JavaCommandLine.Kind.JAR) {
            path.addJar(path.resolve(parsed.target()), 0);
        } else {
            path.addAll(option(arguments, variable == null ? "" : variable, "-cp", "-classpath", "--class-path"), true);
        }
        path.addAll(option(arguments, "", "-p", "--module-path"), false);
        return List.copyOf(path.entries);
    }

    /** The last one given, as the JVM takes it; options behind the main class are the application's. */
    private static String option(List<String> arguments, String defaultValue, String... names) {
        String value = defaultValue;
        for (int i = 0; i < arguments.size() && arguments.get(i).startsWith("-"); i++) {
            String argument = arguments.get(i);
            for (String name : names) {
                if (argument.equals(name) && i + 1 < arguments.size()) {
                    value = arguments.get(i + 1);
                } else if (argument.startsWith(name + "=")) {
                    value = argument.substring(name.length() + 1);
                }
            }
            if (JavaOptions.takesArgument(argument)) {
                i++;
            }
        }
        return value;
    }

    private void addAll(String path, boolean isClassPath) {
        for (String element : path.split(File.pathSeparator, -1)) {
            if (!element.isEmpty()) {
                boolean isWildcard = isClassPath && (element.equals("*") || element.endsWith("/*"));
                Path entry = resolve(isWildcard ? element.substring(0, element.length() - 1) : element);
                if (entry != null) {
                    add(entry, isClassPath, isWildcard);
                }
            }
        }
    }

    private void add(Path entry, boolean isClassPath, boolean isWildcard) {
        if (!isWildcard) {
            entries.add(entry); // on a module path a folder may be a module, unpacked
        }
        if (isWildcard || (!isClassPath && Files.isDirectory(entry))) {
            addJarsIn(entry);
        }
    }

    private @Nullable Path resolve(String element) {
        try {
            return workingFolder.resolve(element);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private void addJarsIn(Path folder) {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (file.toString().toLowerCase(Locale.ROOT).endsWith(".jar")) {
                    jars.add(file);
                }
            }
        } catch (IOException e) {
            return; // the JVM will do without it, too
        }
        Collections.sort(jars);
        entries.addAll(jars);
    }

    /** A jar and what its manifest adds, which may add more in turn. */
    private void addJar(@Nullable Path jar, int depth) {
        if (jar == null || !entries.add(jar) || depth > 8) {
            return;
        }
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            Manifest manifest = file.getManifest();
            String more = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            Path folder = jar.getParent();
            if (more != null && folder != null) {
                for (String element : more.strip().split("\\s+", -1)) {
                    addManifestEntry(folder, element, depth);
                }
            }
        } catch (IOException e) {
            // The JVM will say what is wrong with it.
        }
    }

    private void addManifestEntry(Path folder, String element, int depth) {
        try {
            Path entry = element.startsWith("file:") ? Path.of(java.net.URI.create(element)) : folder.resolve(element);
            if (element.endsWith(".jar")) {
                addJar(entry, depth + 1);
            } else {
                entries.add(entry);
            }
        } catch (IllegalArgumentException e) {
            // No path: the JVM leaves it out, too.
        }
    }
}
