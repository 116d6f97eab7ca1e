// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

import dev.metalloc.replay.loop.NativePeer;
import dev.metalloc.replay.trace.TraceProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Starts {@link PeerFootprint} in a JVM that keeps quiet: one compiler thread with its own memory, and a heap mapped from the start, as large
 * as the trace needs.
 */
public final class PeerProcess {

    private static final List<String> OPTIONS = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:CICompilerCount=1",
            "-XX:+UseSerialGC",
            "-Xmn128m",
            "-XX:+AlwaysPreTouch",
            "--enable-native-access=ALL-UNNAMED");

    private static final long LEAST_HEAP_BYTES = 256L << 20;
    // The young generation, and what is there whatever the trace.
    private static final long FIXED_HEAP_BYTES = 192L << 20;
    // An event and a slot are 24 and 32 bytes in arrays; while these grow they are there up to three times.
    private static final long BYTES_PER_EVENT = 72;
    private static final long BYTES_PER_SLOT = 96;

    private PeerProcess() {}

    /**
     * Empty where the peer is not installed.
     *
     * @param program what the trace was compiled to
     * @throws IOException saying why its process measured nothing
     */
    public static Optional<TraceFootprint> measure(NativePeer peer, Path trace, TraceProgram program)
            throws IOException, InterruptedException {
        if (peer.library().isEmpty()) {
            return Optional.empty();
        }
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String heap = String.valueOf(heapBytes(program.steps().length, program.slotCount()));
        builder.command().addAll(OPTIONS);
        builder.command().addAll(List.of("-Xms" + heap, "-Xmx" + heap));
        builder.command().addAll(List.of("-cp", System.getProperty("java.class.path"), PeerFootprint.class.getName()));
        builder.command().addAll(List.of(peer.label(), trace.toString()));
        builder.environment().put("GLIBC_TUNABLES", NativePeer.LOADABLE_JEMALLOC);
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor();
        Optional<TraceFootprint> footprint = output.lines()
                .flatMap(line -> TraceFootprint.parse(line).stream())
                .findFirst();
        if (exitCode != 0 || footprint.isEmpty()) {
            throw new IOException(
                    "its process for the peak ended with exit code " + exitCode + ": " + lastLine(output));
        }
        return footprint;
    }

    /** Whole mebibytes. */
    static long heapBytes(long events, long slots) {
        long needed = FIXED_HEAP_BYTES + BYTES_PER_EVENT * events + BYTES_PER_SLOT * slots;
        return Math.max(LEAST_HEAP_BYTES, (needed + (1 << 20) - 1) & -(1L << 20));
    }

    private static String lastLine(String output) {
        return output.lines().filter(line -> !line.isBlank()).reduce("", (before, line) -> line);
    }
}
