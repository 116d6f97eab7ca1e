// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppIdentityTest {

    @TempDir
    Path folder;

    @Test
    void shouldPreferTheExplicitName() {
        AppIdentity identity = AppIdentity.of(" mine ", List.of("java", "a.B"), folder);

        assertEquals(new AppIdentity("mine", "", AppIdentity.Source.EXPLICIT), identity);
        assertEquals("a.B", AppIdentity.of(" ", List.of("java", "a.B"), folder).name());
    }

    @Test
    void shouldFindTheMainClassBehindOptions() {
        assertEquals("a.B", name("a.B"));
        assertEquals("a.B", name("a/B", "x"));
        assertEquals("a.B", name("-cp", "x.jar", "-Xmx1g", "-Da=b", "a.B", "-jar", "y.jar"));
        assertEquals("a.B", name("-classpath", "x.jar", "--class-path", "y", "--class-path=z", "a.B"));
        assertEquals("a.B", name("--add-opens", "java.base/java.nio=ALL-UNNAMED", "-javaagent:x.jar", "a.B"));
        assertEquals("a.B", name("--add-opens=java.base/java.nio=ALL-UNNAMED", "a.B"));
        assertEquals("a.B", name("--upgrade-module-path", "m", "--add-modules", "x", "--limit-modules", "y", "a.B"));
        assertEquals("a.B", name("--add-exports", "x", "--add-reads", "y", "--patch-module", "z", "a.B"));
        assertEquals("a.B", name("--enable-native-access", "ALL-UNNAMED", "-showversion", "-ea", "a.B"));
        assertEquals("mod/a.B", name("-p", "mods", "-m", "mod/a.B", "arg"));
        assertEquals("mod", name("--module-path", "mods", "--module", "mod"));
        assertEquals("mod/a.B", name("--module-path=mods", "--module=mod/a.B", "arg"));
    }

    @Test
    void shouldNameSourceFiles() {
        assertEquals("Foo", name("-cp", "x", "src/demo/Foo.java", "a"));
        assertEquals("script", name("--source", "22", "./script"));
        assertEquals("script", name("--source=22", "script"));
    }

    @Test
    void shouldSayNoneWhereNothingStarts() {
        for (String[] arguments : new String[][] {
            {},
            {"-version"},
            {"-Xmx1g", "--version"},
            {"--help"},
            {"-cp", "x"},
            {"-jar"},
            {"-m"},
            {"--list-modules"},
            {"-d", "java.base"},
            {"--describe-module=java.base"},
            {"-cp"}
        }) {
            assertEquals(AppIdentity.NONE, identity(arguments), String.join(" ", arguments));
        }
        assertEquals(AppIdentity.NONE, AppIdentity.of(null, List.of(), folder));
        assertTrue(AppIdentity.NONE.isNone());
    }

    @Test
    void shouldTakeTheCoordinatesOfTheMainJar() throws IOException {
        jar("app.jar", Map.of("META-INF/maven/g/a/pom.properties", "groupId=g\nartifactId=a\nversion=1.2\n"));

        assertEquals(
                new AppIdentity("g:a", "1.2", AppIdentity.Source.COORDINATES), identity("-jar", "-Xmx1g", "app.jar"));
    }

    @Test
    void shouldTakeTheLongestArtifactTheFileIsNamedAfter() throws IOException {
        Map<String, String> entries = Map.of(
                "META-INF/maven/g/server/pom.properties", "groupId=g\nartifactId=server\nversion=1\n",
                "META-INF/maven/g/server-api/pom.properties", "groupId=g\nartifactId=server-api\nversion=2\n",
                "META-INF/maven/h/gson/pom.properties", "groupId=h\nartifactId=gson\nversion=3\n",
                "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMain-Class: a.Main\n");
        jar("server-1.0.jar", entries);
        jar("server-api-1.0.jar", entries);
        jar("servers.jar", entries);

        assertEquals("g:server", name("-jar", "server-1.0.jar"));
        assertEquals("g:server-api", name("-jar", "server-api-1.0.jar"));
        assertEquals("a.Main", name("-jar", "servers.jar"));
    }

    @Test
    void shouldFallBackToTheManifestThenTheFileName() throws IOException {
        jar("m.jar", Map.of("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMain-Class: a.Main\n"));
        jar(
                "boot.jar",
                Map.of("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMain-Class: l.Launcher\nStart-Class: a.App\n"));
        jar("bare.jar", Map.of("META-INF/maven/g/a/pom.properties", "groupId=g\n"));
        Files.writeString(folder.resolve("broken.jar"), "no zip");

        assertEquals("a.Main", name("-jar", folder.resolve("m.jar").toString()));
        assertEquals("a.App", name("-jar", "boot.jar"));
        assertEquals("bare", name("-jar", "bare.jar"));
        assertEquals("broken", name("-jar", "broken.jar"));
        assertEquals("absent", name("-jar", "lib/absent.jar"));
    }

    @Test
    void shouldExpandArgumentFilesOnce() throws IOException {
        Files.writeString(folder.resolve("args"), """
                # a comment
                -cp "a b.jar:c\\
                    d.jar" -Dx='y z'  # more
                --add-opens java.base/java.nio=ALL-UNNAMED @again
                """);
        Files.writeString(folder.resolve("main"), "a.B 'one two'");

        assertEquals("@again", name("@args", "a.B"));
        assertEquals("a.B", name("@main", "@args"));
        assertEquals("a.B", name("a.B", "@args"));
        assertEquals("@absent", name("@absent", "a.B"));
        assertEquals("@x", name("@@x"));
        assertEquals("@main", name("--disable-@files", "@main"));
        assertEquals(
                List.of("-cp", "a b.jar:cd.jar", "-Dx=y z", "--add-opens", "java.base/java.nio=ALL-UNNAMED", "@again"),
                ArgumentFiles.words(Files.readString(folder.resolve("args"))));
    }

    private String name(String... arguments) {
        return identity(arguments).name();
    }

    private AppIdentity identity(String... arguments) {
        List<String> commandLine = new ArrayList<>(List.of("/usr/bin/java"));
        commandLine.addAll(List.of(arguments));
        return AppIdentity.of(null, commandLine, folder);
    }

    private void jar(String name, Map<String, String> entries) throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve(name));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
