// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathTest {

    @TempDir
    Path folder;

    @BeforeEach
    void fill() throws IOException {
        Files.createDirectories(folder.resolve("lib"));
        for (String name : new String[] {"lib/b.jar", "lib/a.JAR", "lib/readme.txt"}) {
            Files.createFile(folder.resolve(name));
        }
    }

    @Test
    void shouldTakeTheLastOptionAndWildcards() {
        assertEquals(entries("lib/a.JAR", "lib/b.jar", "x.jar"), of(null, "-cp", "old", "-cp", "lib/*:x.jar", "Main"));
        assertEquals(entries("x.jar"), of("y.jar", "--class-path=x.jar", "-Dx=-cp", "Main", "-cp", "z.jar"));
        assertEquals(entries("y.jar"), of("y.jar", "Main", "-cp", "z.jar"));
        assertEquals(List.of(), of(null, "-version"));
    }

    @Test
    void shouldLookIntoTheModulePath() {
        assertEquals(entries("lib", "lib/a.JAR", "lib/b.jar"), of(null, "-p", "lib", "-m", "m/Main"));
    }

    @Test
    void shouldFollowAJarsOwnClassPath() throws IOException {
        jar("app.jar", "lib/b.jar other.jar file:" + folder + "/far.jar %%bad folder/");
        jar("other.jar", "app.jar");

        assertEquals(
                entries("app.jar", "lib/b.jar", "other.jar", "far.jar", "%%bad", "folder"),
                of("y.jar", "-cp", "ignored.jar", "-jar", "app.jar", "-cp", "z.jar"));
    }

    private void jar(String name, String classPath) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        new JarOutputStream(Files.newOutputStream(folder.resolve(name)), manifest).close();
    }

    private List<Path> of(@Nullable String variable, String... arguments) {
        List<String> line = new java.util.ArrayList<>(List.of("java"));
        line.addAll(Arrays.asList(arguments));
        return ClassPath.of(line, folder, variable);
    }

    private List<Path> entries(String... names) {
        return Arrays.stream(names).map(folder::resolve).toList();
    }
}
