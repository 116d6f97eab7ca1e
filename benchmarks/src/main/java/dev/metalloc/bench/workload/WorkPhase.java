// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /**
     * Runs the work once.
     *
     * @param resultFile where to leave the figures for another program, as a properties file
     */
    public static void run(Work work, Optional<Path> resultFile) throws Exception {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpuStartNanos = process.getProcessCpuTime();
        long wallStartNanos = System.nanoTime();
        Outcome outcome = work.run();
        long wallNanos = System.nanoTime() - wallStartNanos;
        long cpuNanos = process.getProcessCpuTime() - cpuStartNanos;
        long peakBytes = peakResidentBytes();
        System.out.println(outcome.line());
        System.err.printf(
                Locale.ROOT, "wall=%.3fs cpu=%.3fs peakRss=%dMiB%n", wallNanos / 1e9, cpuNanos / 1e9, peakBytes >> 20);
        if (resultFile.isPresent()) {
            Files.writeString(
                    resultFile.get(),
                    "wallNanos=" + wallNanos + "\ncpuNanos=" + cpuNanos + "\npeakResidentBytes=" + peakBytes
                            + "\noutcome=" + outcome.line() + "\n");
        }
    }

    /** The most memory this process had resident, as Linux counts it; 0 where the system does not say. */
    static long peakResidentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElse(0);
    }
}
