// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * What a jar says about itself.
 *
 * @param coordinates of everything that was packed into it
 * @param moduleNames automatic module name and bundle name
 * @param manifestVersion empty where it says none
 * @param names the artifacts that its own name, and those of the jars within it, tell
 * @param classFiles those of its class files whose simple name was asked for, as paths
 */
record JarFacts(
        Path jar,
        List<Coordinates> coordinates,
        Set<String> moduleNames,
        String manifestVersion,
        List<JarName> names,
        Set<String> classFiles) {

    private static final Attributes.Name MODULE_NAME = new Attributes.Name("Automatic-Module-Name");
    private static final Attributes.Name BUNDLE_NAME = new Attributes.Name("Bundle-SymbolicName");
    private static final Attributes.Name BUNDLE_VERSION = new Attributes.Name("Bundle-Version");

    // Jars are files of whoever built the application; what claims more than this is not read.
    private static final int MOST_POM_BYTES = 64 << 10;

    record Coordinates(String groupAndArtifact, String version) {}

    /**
     * Reads a jar's directory and the few small files in it that matter.
     *
     * @param simpleFileNames of the classes asked for, such as {@code PooledByteBufAllocator.class}
     */
    static JarFacts of(Path jar, Set<String> simpleFileNames) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            List<Coordinates> coordinates = new ArrayList<>();
            List<JarName> names = new ArrayList<>();
            Set<String> classFiles = new HashSet<>();
            JarName.of(String.valueOf(jar.getFileName())).ifPresent(names::add);
            Enumeration<JarEntry> entries = file.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                String name = entry.getName();
                String simple = name.substring(name.lastIndexOf('/') + 1);
                if (simpleFileNames.contains(simple)) {
                    classFiles.add(name);
                } else if (simple.endsWith(".jar")) {
                    JarName.of(simple).ifPresent(names::add);
                } else if (simple.equals("pom.properties") && name.startsWith("META-INF/maven/")) {
                    read(file, entry, coordinates);
                }
            }
            return of(jar, coordinates, file.getManifest(), names, classFiles);
        }
    }

    private static JarFacts of(
            Path jar,
            List<Coordinates> coordinates,
            @Nullable Manifest manifest,
            List<JarName> names,
            Set<String> classFiles) {
        Attributes attributes = manifest == null ? new Attributes() : manifest.getMainAttributes();
        Set<String> modules = new HashSet<>();
        for (Attributes.Name name : new Attributes.Name[] {MODULE_NAME, BUNDLE_NAME}) {
            String value = attributes.getValue(name);
            if (value != null) {
                // A bundle's name may be followed by directives.
                int directives = value.indexOf(';');
                modules.add((directives < 0 ? value : value.substring(0, directives)).strip());
            }
        }
        String version = attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
        if (version == null) {
            version = attributes.getValue(BUNDLE_VERSION);
        }
        return new JarFacts(jar, coordinates, modules, version == null ? "" : version, names, classFiles);
    }

    private static void read(JarFile file, JarEntry entry, List<Coordinates> coordinates) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = file.getInputStream(entry)) {
            properties.load(new java.io.ByteArrayInputStream(in.readNBytes(MOST_POM_BYTES)));
        } catch (IllegalArgumentException e) {
            return; // no properties file: it says nothing
        }
        String groupId = properties.getProperty("groupId", "").strip();
        String artifactId = properties.getProperty("artifactId", "").strip();
        if (!groupId.isEmpty() && !artifactId.isEmpty()) {
            coordinates.add(new Coordinates(
                    groupId + ":" + artifactId,
                    properties.getProperty("version", "").strip()));
        }
    }
}
