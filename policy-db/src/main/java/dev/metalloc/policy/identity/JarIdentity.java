// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.identity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** Reads from a main jar who it is: its Maven coordinates, else its manifest's main class, else its file name. */
final class JarIdentity {

    private static final Attributes.Name START_CLASS = new Attributes.Name("Start-Class");

    private JarIdentity() {}

    private record Coordinates(String groupId, String artifactId, String version) {}

    static AppIdentity of(Path jar) {
        String fileName = fileName(jar);
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            Optional<Coordinates> coordinates = choose(coordinates(file), fileName);
            if (coordinates.isPresent()) {
                Coordinates found = coordinates.get();
                return new AppIdentity(
                        found.groupId() + ":" + found.artifactId(), found.version(), AppIdentity.Source.COORDINATES);
            }
            Optional<String> mainClass = mainClass(file.getManifest());
            if (mainClass.isPresent()) {
                return new AppIdentity(mainClass.get(), "", AppIdentity.Source.MAIN_CLASS);
            }
        } catch (IOException e) {
            // The JVM will say what is wrong with the jar; the name is enough to file a profile under.
            return new AppIdentity(fileName, "", AppIdentity.Source.JAR_NAME);
        }
        return new AppIdentity(fileName, "", AppIdentity.Source.JAR_NAME);
    }

    private static String fileName(Path jar) {
        Path name = jar.getFileName();
        String text = name == null ? jar.toString() : name.toString();
        return text.endsWith(".jar") ? text.substring(0, text.length() - ".jar".length()) : text;
    }

    private static List<Coordinates> coordinates(JarFile file) throws IOException {
        List<Coordinates> all = new ArrayList<>();
        for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
            String name = entry.getName();
            if (name.startsWith("META-INF/maven/") && name.endsWith("/pom.properties")) {
                read(file, entry).ifPresent(all::add);
            }
        }
        return all;
    }

    private static Optional<Coordinates> read(JarFile file, JarEntry entry) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = file.getInputStream(entry)) {
            properties.load(in);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        String groupId = properties.getProperty("groupId", "").trim();
        String artifactId = properties.getProperty("artifactId", "").trim();
        if (groupId.isEmpty() || artifactId.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Coordinates(
                groupId, artifactId, properties.getProperty("version", "").trim()));
    }

    /** The only coordinates; of several (a jar with others unpacked into it) the longest the file is named after. */
    private static Optional<Coordinates> choose(List<Coordinates> all, String fileName) {
        if (all.size() == 1) {
            return Optional.of(all.get(0));
        }
        return all.stream()
                .filter(coordinates -> isNamedAfter(fileName, coordinates.artifactId()))
                .max(Comparator.<Coordinates>comparingInt(
                                coordinates -> coordinates.artifactId().length())
                        .thenComparing(Coordinates::groupId));
    }

    private static boolean isNamedAfter(String fileName, String artifactId) {
        return fileName.startsWith(artifactId)
                && (fileName.length() == artifactId.length()
                        || !Character.isLetterOrDigit(fileName.charAt(artifactId.length())));
    }

    private static Optional<String> mainClass(@Nullable Manifest manifest) {
        if (manifest == null) {
            return Optional.empty();
        }
        Attributes attributes = manifest.getMainAttributes();
        // Repackaged jars run a loader that is the same for all of them; the application's class stands beside it.
        String startClass = attributes.getValue(START_CLASS);
        String mainClass = startClass != null ? startClass : attributes.getValue(Attributes.Name.MAIN_CLASS);
        return Optional.ofNullable(mainClass).map(String::trim).filter(name -> !name.isEmpty());
    }
}
