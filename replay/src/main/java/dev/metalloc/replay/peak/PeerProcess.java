// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

import dev.metalloc.replay.loop.NativePeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Starts {@link PeerFootprint} in a JVM that keeps quiet: one compiler thread with its own memory, and a heap mapped from the start. */
public final class PeerProcess {

    private static final List<String> OPTIONS = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:CICompilerCount=1",
            "-XX:+UseSerialGC",
            "-Xms256m",
            "-Xmx256m",
            "-Xmn128m",
            "-XX:+AlwaysPreTouch",
            "--enable-native-access=ALL-UNNAMED");

    private PeerProcess() {}

    /** Empty where the peer is not installed. */
    public static Optional<TraceFootprint> measure(NativePeer peer, Path trace)
            throws IOException, InterruptedException {
        if (peer.library().isEmpty()) {
            return Optional.empty();
        }
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command().addAll(OPTIONS);
        builder.command().addAll(List.of("-cp", System.getProperty("java.class.path"), PeerFootprint.class.getName()));
        builder.command().addAll(List.of(peer.label(), trace.toString()));
        builder.environment().put("GLIBC_TUNABLES", NativePeer.LOADABLE_JEMALLOC);
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor();
        if (exitCode != 0) {
            throw new IOException(peer.label() + ": its process ended with " + exitCode + " (see above)");
        }
        return output.lines()
                .flatMap(line -> TraceFootprint.parse(line).stream())
                .findFirst();
    }
}
