// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A machine made of a temporary folder: JDKs that are release files, a PATH, a home, captured output. */
public final class TestSurroundings {

    private static final long PROCESS_ID = 4711;

    private final Path root;
    private final Map<String, String> environment = new TreeMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    public TestSurroundings(Path root) throws IOException {
        this.root = root;
        jdk("own", "25.0.3");
        environment.put("METALLOC_HOME", root.resolve("home").toString());
        Path agent = installation().resolve("agent/target/metalloc-agent.jar");
        Files.createDirectories(agent.getParent());
        Files.createFile(agent);
    }

    public Path installation() {
        return root.resolve("installation");
    }

    public TestSurroundings with(String variable, Object value) {
        environment.put(variable, value.toString());
        return this;
    }

    /** Makes a folder that looks like a JDK of that version and returns it. */
    public Path jdk(String name, String version) throws IOException {
        Path home = root.resolve("jdk").resolve(name);
        executable(home.resolve("bin/java"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /** The same, of a JDK that names its modules, the agent's among them. */
    public Path jdkWithModules(String name, String version) throws IOException {
        Path home = jdk(name, version);
        Files.writeString(
                home.resolve("release"),
                "JAVA_VERSION=\"" + version + "\"\nMODULES=\"java.base java.instrument java.logging\"\n");
        return home;
    }

    public Path executable(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + file);
        }
        return file;
    }

    public Surroundings surroundings() {
        return new Surroundings(
                installation(),
                root.resolve("jdk/own"),
                root,
                Optional.of(commandLineFile()),
                false,
                PROCESS_ID,
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    public int run(String... arguments) {
        return new Launcher(surroundings()).run(List.of(arguments));
    }

    /** The words handed to the calling script, or none where nothing was handed over. */
    public List<String> handedOver() throws IOException {
        if (!Files.exists(commandLineFile())) {
            return List.of();
        }
        String words = Files.readString(commandLineFile());
        return List.of(words.substring(0, words.length() - 1).split("\0", -1));
    }

    public String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Path commandLineFile() {
        return root.resolve("command-line");
    }
}
