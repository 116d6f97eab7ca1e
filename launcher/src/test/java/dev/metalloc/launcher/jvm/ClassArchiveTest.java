// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.launcher.TestSurroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {

    private static final AgentOption AGENT = new AgentOption(Path.of("/m/agent.jar"), "run");

    /** Lists classes, makes archives of what it is given, and notes how it was called. */
    private static final String JAVA = """
            #!/bin/sh
            echo "$*" >> "$0.calls"
            for word; do
                case $word in
                    -XX:DumpLoadedClassList=*) list=${word#*=}
                        printf '# comment\\njava/lang/Object id: 1\\ndev/metalloc/A id: 2\\n@lambda-proxy x\\n@cp y\\n' > "$list" ;;
                    -XX:SharedClassListFile=*) classes=${word#*=} ;;
                    -XX:SharedArchiveFile=*) archive=${word#*=} ;;
                    -Xshare:dump) dumps=yes ;;
                    -Xshare:on) [ "$CHECK" != bad ] || exit 1 ;;
                esac
            done
            [ -z "$dumps" ] || cp "$classes" "$archive"
            """;

    @TempDir
    Path root;

    private TestSurroundings machine;
    private Path java;
    private Path cache;

    @BeforeEach
    void makeMachine() throws IOException {
        machine = new TestSurroundings(root);
        java = machine.jdkWithModules("new", "25").resolve("bin/java");
        Files.writeString(java, JAVA);
        machine.with("PATH", Objects.requireNonNull(java.getParent()));
        cache = root.resolve("cache");
    }

    private Optional<ClassArchive> archive(String... words) {
        return new ApplicationLine(machine.surroundings(), List.of(words)).classArchive(AGENT, cache);
    }

    @Test
    void shouldMakeOneOfTheJdksClassesAndUseItAfterACheck() throws IOException {
        ClassArchive archive =
                archive("java", "-Xmx1g", "-XX:+UseZGC", "-ea", "Main").orElseThrow();
        assertFalse(archive.isTried());
        assertEquals(Optional.empty(), archive.option());

        archive.make();

        String option = archive.option().orElseThrow();
        assertEquals(
                List.of("java/lang/Object", "@lambda-proxy x"),
                Files.readAllLines(Path.of(option.substring("-XX:SharedArchiveFile=".length()))));
        List<String> calls = Files.readAllLines(Path.of(java + ".calls"));
        assertEquals(3, calls.size());
        for (String call : calls) {
            assertTrue(call.startsWith("-Xmx1g -XX:+UseZGC -X"), call);
        }
        assertTrue(calls.get(2).contains("-Xshare:on") && calls.get(2).contains("-agentlib:instrument="), calls.get(2));
        ApplicationLine line = new ApplicationLine(machine.surroundings(), List.of("java", "Main"));
        assertEquals(List.of("", option, AGENT.asLibrary()), line.with(AGENT, archive));
        try (Stream<Path> files = Files.list(cache)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void shouldRememberThatNoneCouldBeMade() throws IOException {
        Files.writeString(java, JAVA.replace("\"$CHECK\" != bad", "x = y"));
        ClassArchive archive = archive("java", "Main").orElseThrow();

        assertThrows(IOException.class, archive::make);

        assertTrue(archive.isTried());
        assertEquals(Optional.empty(), archive.option());
    }

    @Test
    void shouldMakeNoneThatTheJvmSpeaksAgainst() throws IOException {
        Files.writeString(java, JAVA.replace("[ \"$CHECK\" != bad ] || exit 1", "echo '[error] mismatch'"));
        ClassArchive archive = archive("java", "Main").orElseThrow();

        assertThrows(IOException.class, archive::make);

        assertEquals(Optional.empty(), archive.option());
    }

    @Test
    void shouldMakeOneWithTheModulesAsOpenAsTheApplicationHasThem() throws IOException {
        String[] line = {"java", "--add-opens", "java.base/java.lang=ALL-UNNAMED", "--enable-native-access=a", "Main"};
        ClassArchive archive = archive(line).orElseThrow();

        archive.make();

        for (String call : Files.readAllLines(Path.of(java + ".calls"))) {
            assertTrue(
                    call.startsWith("--add-opens java.base/java.lang=ALL-UNNAMED --enable-native-access=a -X"), call);
        }
        assertNotEquals(archive.option(), archive("java", "Main").orElseThrow().option());
    }

    @Test
    void shouldKeepArchivesOfDifferentShapesApart() throws IOException {
        ClassArchive archive = archive("java", "-XX:+UseZGC", "Main").orElseThrow();
        archive.make();

        assertEquals(
                archive.option(),
                archive("java", "-XX:+UseZGC", "-Dx=y", "Other").orElseThrow().option());
        assertNotEquals(
                archive.option(),
                archive("java", "-Xmx1g", "Main").orElseThrow().option());
    }

    @Test
    void shouldLeaveAloneWhatMayNotSuitAnArchive() {
        for (String option : List.of(
                "-XX:SharedArchiveFile=a.jsa",
                "-XX:AOTCache=a.aot",
                "-Xshare:off",
                "-javaagent:other.jar",
                "-agentpath:other.so",
                "--patch-module=java.base=x",
                "-XX:+UnheardOf",
                "-Xlog:cds",
                "@options")) {
            assertEquals(Optional.empty(), archive("java", option, "Main"), option);
        }
        assertTrue(archive("java", "-cp", "-Xlog", "Main", "-Xlog").isPresent());
        assertTrue(archive("java", "-jar", "app.jar", "-XX:+UnheardOf").isPresent());
        machine.with("JAVA_TOOL_OPTIONS", "-Dx=y");
        assertEquals(Optional.empty(), archive("java", "Main"));
    }
}
