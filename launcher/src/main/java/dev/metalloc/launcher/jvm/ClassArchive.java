// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * An archive of the JDK's own classes for JVMs that load the agent; nothing of the application is in it.
 *
 * <p>The archive that the JDK brings lacks classes that the agent's start uses. This one is made by the same JVM with these in it.
 */
/* Implementation notes
 *
 * A JVM that cannot map the archive it is given has none at all and starts slower. So the name of the file covers all that
 * decides whether it can: JDK, agent, shaping options, memory; and a file only gets its name after a JVM that was told to do or
 * die has started with it. One that could not be made leaves an empty file, so that it is not tried at each start.
 */
public final class ClassArchive {

    private final JavaRelease jvm;
    private final List<String> shaping;
    private final AgentOption agent;
    private final Path file;

    private ClassArchive(JavaRelease jvm, List<String> shaping, AgentOption agent, Path file) {
        this.jvm = jvm;
        this.shaping = List.copyOf(shaping);
        this.agent = agent;
        this.file = file;
    }

    /**
     * The archive for a command line; it need not be there yet.
     *
     * @param words the application's command line, whose first word starts {@code jvm}
     * @param folder where archives are kept
     * @return empty where the line has options that the archive might not suit
     */
    static Optional<ClassArchive> of(JavaRelease jvm, List<String> words, AgentOption agent, Path folder) {
        return ArchiveOptions.of(words).map(shaping -> {
            String key = String.join(
                    "|",
                    jvm.home().toString(),
                    jvm.version(),
                    state(jvm.home().resolve("lib/modules")),
                    state(agent.jar()),
                    firstLine(Path.of("/proc/meminfo")),
                    firstLine(Path.of("/sys/fs/cgroup/memory.max")),
                    String.join(" ", shaping));
            CRC32 crc = new CRC32();
            crc.update(key.getBytes(StandardCharsets.UTF_8));
            return new ClassArchive(
                    jvm, shaping, agent, folder.resolve("start-" + Long.toHexString(crc.getValue()) + ".jsa"));
        });
    }

    /** Whether somebody has tried to make it. */
    public boolean isTried() {
        return Files.exists(file);
    }

    /** The JVM option that uses the archive; empty where there is none. */
    public Optional<String> option() {
        try {
            return Files.size(file) > 0 ? Optional.of("-XX:SharedArchiveFile=" + file) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Makes it: three starts of the JVM, some seconds.
     *
     * @throws IOException where that fails, which is remembered
     */
    public void make() throws IOException {
        Files.createDirectories(file.getParent());
        Path classes = Files.createTempFile(file.getParent(), "start", ".classlist");
        Path made = Files.createTempFile(file.getParent(), "start", ".tmp");
        try {
            start("-XX:DumpLoadedClassList=" + classes, agent.asLibrary(), "-version");
            Files.write(classes, merged(classes));
            Files.delete(made);
            start("-Xshare:dump", "-XX:SharedClassListFile=" + classes, "-XX:SharedArchiveFile=" + made);
            check(made);
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.write(file, new byte[0]);
            throw e;
        } finally {
            Files.deleteIfExists(made);
            Files.deleteIfExists(classes);
        }
    }

    /** What the JDK archives by itself and what a start with the agent loads, without what is not the JDK's. */
    private List<String> merged(Path started) throws IOException {
        Set<String> lines = new LinkedHashSet<>();
        Path own = jvm.home().resolve("lib/classlist");
        for (Path list : Files.exists(own) ? List.of(own, started) : List.of(started)) {
            for (String line : Files.readAllLines(list)) {
                boolean isJdk = !line.startsWith("#")
                        && !line.startsWith("@cp ")
                        && !line.contains(" source: ")
                        && !line.contains("etalloc");
                if (isJdk) {
                    lines.add(line.startsWith("@") ? line : line.replaceFirst(" id: .*", ""));
                }
            }
        }
        return List.copyOf(lines);
    }

    /** What a JVM has to say against its archive it says where the application's output goes. */
    private void check(Path made) throws IOException {
        Path output = Files.createTempFile(file.getParent(), "start", ".out");
        try {
            start(
                    ProcessBuilder.Redirect.to(output.toFile()),
                    "-Xshare:on",
                    "-XX:SharedArchiveFile=" + made,
                    agent.asLibrary(),
                    "-version");
            if (Files.size(output) != 0) {
                throw new IOException("the JVM does not like it: "
                        + Files.readAllLines(output).getFirst());
            }
        } finally {
            Files.delete(output);
        }
    }

    private void start(String... options) throws IOException {
        start(ProcessBuilder.Redirect.DISCARD, options);
    }

    private void start(ProcessBuilder.Redirect output, String... options) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(jvm.home().resolve("bin/java").toString());
        words.addAll(shaping);
        words.addAll(List.of(options));
        Process process = new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new IOException(options[0] + ": the JVM ended with " + exitCode);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String state(Path path) {
        try {
            BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
            return found.size() + " " + found.lastModifiedTime().toMillis();
        } catch (IOException e) {
            return "none";
        }
    }

    private static String firstLine(Path path) {
        try {
            String text = Files.readString(path);
            int end = text.indexOf('\n');
            return end < 0 ? text : text.substring(0, end);
        } catch (IOException e) {
            return "none";
        }
    }
}
