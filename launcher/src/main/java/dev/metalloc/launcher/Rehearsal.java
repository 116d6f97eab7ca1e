// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import dev.metalloc.policy.store.PolicyState;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Prepares starts in a folder of its own, none of which is carried out, so that the JVM that does it can leave an archive of
 * the classes this took.
 *
 * <p>The build runs it with {@code -XX:ArchiveClassesAtExit}; the launcher's JVMs then map these classes where they would
 * read, check and link them, while an application waits.
 */
public final class Rehearsal {

    private static final String APP = "rehearsal.Application";

    private final Path folder;

    private Rehearsal(Path folder) {
        this.folder = folder;
    }

    /** Ends well whatever happens: without an archive the launcher is slower and otherwise the same. */
    public static void main(String[] arguments) {
        try {
            Path folder = Files.createTempDirectory("metalloc-rehearsal-");
            try {
                new Rehearsal(folder).play();
            } finally {
                delete(folder);
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            System.err.println("metalloc: starts will be slower, because their rehearsal failed: " + e);
        }
    }

    private void play() throws IOException {
        Files.createDirectories(folder.resolve("agent/target"));
        Files.createFile(folder.resolve("agent/target/metalloc-agent.jar"));
        require("db", "list");
        Path store = folder.resolve("home/metalloc.db");
        PolicyStore.open(store).policies().save(policy(), PolicyState.DRAFT);
        // At rest for long enough: the first start is prepared, the second recalled.
        Files.setLastModifiedTime(store, FileTime.fromMillis(0));
        require("run", "--explain", "--", "java", "-cp", "lib/*", APP);
        require("run", "--explain", "--", "java", "-cp", "lib/*", APP);
        require("profile", "--", "java", "-cp", "lib/*", APP);
    }

    private void require(String... words) {
        int exitCode = new Launcher(surroundings()).run(List.of(words));
        if (exitCode != ExitCodes.WELL) {
            throw new IllegalStateException(String.join(" ", words) + " ended with " + exitCode);
        }
    }

    private Surroundings surroundings() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        return new Surroundings(
                folder,
                Path.of(System.getProperty("java.home")),
                folder,
                Optional.of(folder.resolve("command-line")),
                false,
                ProcessHandle.current().pid(),
                Map.of("METALLOC_HOME", folder.resolve("home").toString()),
                nowhere,
                nowhere);
    }

    private static Policy policy() {
        PolicyRule rule = new PolicyRule(
                EntryPoint.UNSAFE, PolicySite.ANY, 1, 4096, AllocatorSpec.of("slab"), 1, List.of("a rehearsal"));
        return new Policy(APP, 1, 0, "a rehearsal", "time", List.of(rule));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
