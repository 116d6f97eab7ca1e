// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.replay;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import java.io.IOException;
import java.io.Reader;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs one of the measuring main classes in a JVM that compiles for speed, with room for every native allocator's thread-local
 * storage.
 */
public final class MeasuringProcess {

    private static final String GLIBC_TUNABLES = "GLIBC_TUNABLES";
    private static final String LOADABLE_JEMALLOC = "glibc.rtld.optional_static_tls=20000";

    private static final List<String> OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-Xms512m",
            "-Xmx2g",
            // As for allocators inside java.base, where the agent puts them.
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+TrustFinalNonStaticFields",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-Dstdout.encoding=UTF-8",
            "-Dstderr.encoding=UTF-8");

    private final Surroundings surroundings;

    public MeasuringProcess(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Runs it to its end, its standard error on ours, and returns what it wrote; one clear failure where it failed. */
    public String run(Class<?> main, List<String> words) {
        StringBuilder output = new StringBuilder();
        run(main, words, output);
        return output.toString();
    }

    /** The same, with what it writes on ours as it comes: where it fails what it wrote before is not lost. */
    public void print(Class<?> main, List<String> words) {
        run(main, words, surroundings.out());
        surroundings.out().flush();
    }

    private void run(Class<?> main, List<String> words, Appendable output) {
        List<String> line = new ArrayList<>();
        line.add(surroundings.javaHome().resolve("bin/java").toString());
        line.addAll(OPTIONS);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        line.addAll(words);
        try {
            run(line, output);
        } catch (IOException e) {
            throw CommandFailure.failed("cannot start " + line.get(0) + " (see metalloc doctor)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.failed("interrupted while measuring", e);
        }
    }

    private void run(List<String> line, Appendable output) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().merge(GLIBC_TUNABLES, LOADABLE_JEMALLOC, (users, ours) -> users + ":" + ours);
        builder.redirectError(ProcessBuilder.Redirect.PIPE);
        Process process = builder.start();
        Thread end = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(end);
        process.getOutputStream().close();
        Thread errors = Thread.ofPlatform().start(() -> copyErrors(process));
        copy(process.inputReader(StandardCharsets.UTF_8), output);
        int exitCode = process.waitFor();
        errors.join();
        Runtime.getRuntime().removeShutdownHook(end);
        if (exitCode != 0) {
            throw CommandFailure.failed(reason(exitCode));
        }
    }

    private static void copy(Reader from, Appendable to) throws IOException {
        char[] some = new char[8192];
        for (int count = from.read(some); count >= 0; count = from.read(some)) {
            to.append(CharBuffer.wrap(some, 0, count));
        }
    }

    private volatile String lastError = "";

    /** Progress passes through as it comes; the line that says what failed is kept for the failure. */
    private void copyErrors(Process process) {
        StringBuilder line = new StringBuilder();
        try (var in = process.errorReader(StandardCharsets.UTF_8)) {
            for (int c = in.read(); c >= 0; c = in.read()) {
                line.append((char) c);
                if (c == '…') {
                    surroundings.err().print(line);
                    surroundings.err().flush();
                    line.setLength(0);
                } else if (c == '\n') {
                    lastError = line.toString().strip();
                    line.setLength(0);
                }
            }
            surroundings.err().print(line);
        } catch (IOException e) {
            lastError = "its messages could not be read";
        }
    }

    private String reason(int exitCode) {
        String prefix = "metalloc: ";
        return lastError.startsWith(prefix)
                ? lastError.substring(prefix.length())
                : "the measuring JVM ended with exit code " + exitCode + ": " + lastError;
    }
}
