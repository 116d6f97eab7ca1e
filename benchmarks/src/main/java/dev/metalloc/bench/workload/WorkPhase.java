// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Runs a workload's fixed work, prints its outcome to standard output and what it took to standard error. */
public final class WorkPhase {

    /** The work itself, without setting up. */
    @FunctionalInterface
    public interface Work {
        Outcome run() throws Exception;
    }

    private WorkPhase() {}

    /** Runs the work once; {@link #run(Work, int, Optional)}. */
    public static void run(Work work, Optional<Path> resultFile) throws Exception {
        run(work, 1, resultFile);
    }

    /**
     * Runs the work.
     *
     * @param rounds how often; of several, the median and the least of the second half are printed too, as the time that a round takes when
     *     all is compiled, and on a machine that nobody else uses
     * @param resultFile where to leave the figures for another program, as a properties file
     */
    public static void run(Work work, int rounds, Optional<Path> resultFile) throws Exception {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpuStartNanos = process.getProcessCpuTime();
        long wallStartNanos = System.nanoTime();
        Outcome outcome = work.run();
        long firstNanos = System.nanoTime() - wallStartNanos;
        long[] laterNanos = new long[rounds - 1];
        for (int round = 0; round < laterNanos.length; round++) {
            long startNanos = System.nanoTime();
            outcome = work.run();
            laterNanos[round] = System.nanoTime() - startNanos;
        }
        long wallNanos = System.nanoTime() - wallStartNanos;
        long cpuNanos = process.getProcessCpuTime() - cpuStartNanos;
        long peakBytes = peakResidentBytes();
        System.out.println(outcome.line());
        System.err.printf(
                Locale.ROOT, "wall=%.3fs cpu=%.3fs peakRss=%dMiB%n", wallNanos / 1e9, cpuNanos / 1e9, peakBytes >> 20);
        if (rounds > 1) {
            long[] steadyNanos = Arrays.copyOfRange(laterNanos, laterNanos.length / 2, laterNanos.length);
            Arrays.sort(steadyNanos);
            System.err.printf(
                    Locale.ROOT,
                    "first=%.3fs steady=%.3fs fastest=%.3fs%n",
                    firstNanos / 1e9,
                    steadyNanos[steadyNanos.length / 2] / 1e9,
                    steadyNanos[0] / 1e9);
        }
        if (resultFile.isPresent()) {
            Files.writeString(
                    resultFile.get(),
                    "wallNanos=" + wallNanos + "\ncpuNanos=" + cpuNanos + "\npeakResidentBytes=" + peakBytes
                            + "\noutcome=" + outcome.line() + "\n");
        }
    }

    /** The most memory the process had resident at any time, in bytes; 0 where the system does not tell. */
    public static long peakResidentBytes() throws IOException {
        return statusBytes("VmHWM:");
    }

    /** What the process has resident now, in bytes; 0 where the system does not tell. */
    public static long residentBytes() throws IOException {
        return statusBytes("VmRSS:");
    }

    private static long statusBytes(String field) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElse(0);
    }
}
