// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.policy.seed.FoundPackage.How;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageFinderTest {

    @TempDir
    Path folder;

    private final PackageFinder finder =
            new PackageFinder(SeedCatalog.load(Path.of("none"), problem -> assertEquals("", problem)));

    @Test
    void shouldTellVersionsApart() throws IOException {
        assertEquals(
                List.of("netty-4.1 (io.netty:netty-buffer 4.1.140.Final)"), names(SeedJars.named("netty-buffer-4.1")));
        assertEquals(
                List.of("netty-4.2 (io.netty:netty-buffer 4.2.20.Final)"), names(SeedJars.named("netty-buffer-4.2")));
    }

    /** As a shading build leaves it: other package names, no coordinates. */
    @Test
    void shouldKnowAShadedCopyByItsClasses() throws IOException {
        Path shaded = folder.resolve("application.jar");
        try (JarFile real = new JarFile(SeedJars.named("netty-buffer-4.2").toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(shaded))) {
            for (String name : real.stream().map(ZipEntry::getName).toList()) {
                if (name.startsWith("io/netty/") && name.endsWith(".class")) {
                    out.putNextEntry(new ZipEntry("com/example/shaded/" + name));
                }
            }
        }

        FoundPackage found = finder.on(List.of(shaded)).getFirst();

        assertEquals("netty-4.2", found.seed().name());
        assertEquals(How.CLASS_NAMES, found.how());
        assertEquals(1, finder.on(List.of(shaded)).size());
    }

    @Test
    void shouldKnowAJarByItsManifest() throws IOException {
        Path jar = jar("unnamed.jar", Map.of("META-INF/MANIFEST.MF", """
                Manifest-Version: 1.0
                Bundle-SymbolicName: org.mapdb.mapdb;singleton:=true
                Bundle-Version: 3.0.9

                """));

        FoundPackage found = finder.on(List.of(jar)).getFirst();

        assertEquals("mapdb (org.mapdb:mapdb 3.0.9)", found.name());
        assertEquals(How.MANIFEST, found.how());
    }

    @Test
    void shouldKnowAJarByItsName() throws IOException {
        FoundPackage found =
                finder.on(List.of(jar("lucene-core-9.12.1.jar", Map.of()))).getFirst();

        assertEquals("lucene (org.apache.lucene:lucene-core 9.12.1)", found.name());
        assertEquals(How.JAR_NAME, found.how());
    }

    @Test
    void shouldLookIntoAJarOfJars() throws IOException {
        Path jar =
                jar("service.jar", Map.of("BOOT-INF/lib/netty-buffer-4.1.100.Final.jar", "", "lib/h2-2.2.224.jar", ""));

        assertEquals(
                List.of("h2 (com.h2database:h2 2.2.224)", "netty-4.1 (io.netty:netty-buffer 4.1.100.Final)"),
                names(jar));
    }

    @Test
    void shouldLookIntoFoldersOfClasses() throws IOException {
        Path file = folder.resolve("classes/org/h2/mvstore/OffHeapStore.class");
        Files.createDirectories(file.getParent());
        Files.createFile(file);

        assertEquals(
                How.CLASS_NAMES,
                finder.on(List.of(folder.resolve("classes"))).getFirst().how());
    }

    @Test
    void shouldLeaveOutWhatIsOutOfRangeOrOfNoSeed() throws IOException {
        assertEquals(
                List.of(),
                names(
                        jar("netty-buffer-3.9.jar", Map.of()),
                        jar("my-netty-buffer.jar", Map.of()),
                        jar("netty-buffer.jar", Map.of())));
    }

    /** Whoever made a jar may have put anything into it. */
    @Test
    void shouldTakeNoHarmFromHostileJars() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.jar"), "no jar");
        Path hostile = jar(
                "hostile.jar",
                Map.of(
                        "META-INF/maven/../../../etc/passwd/pom.properties", "groupId=\\u00",
                        "META-INF/maven/a/b/pom.properties", "groupId=io.netty\nartifactId=netty-buffer\nversion=[4.2,",
                        "../../evil.jar", ""));

        assertEquals(List.of(), names(broken, folder.resolve("missing.jar"), hostile));
    }

    @Test
    void shouldKnowTheJdksOwnUsers() {
        List<String> names = finder.ofJdk("25", folder).stream()
                .map(found -> found.seed().name())
                .toList();

        assertTrue(names.contains("jdk-confined-arenas"), names::toString);
        assertEquals(
                List.of("jdk-nio-temporary-buffers"),
                finder.ofJdk("17", folder).stream()
                        .map(found -> found.seed().name())
                        .toList());
    }

    private List<String> names(Path... path) {
        return finder.on(List.of(path)).stream().map(FoundPackage::name).collect(Collectors.toList());
    }

    private Path jar(String name, Map<String, String> entries) throws IOException {
        Path jar = folder.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }
}
