// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.demo;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.ToLongFunction;

/** What one run of the demonstration's application says of itself when its work is done. */
record RunFigures(long wallNanos, long cpuNanos, long peakResidentBytes, String outcome) {

    /** Reads the file that the application left; empty where it left none. */
    static Optional<RunFigures> read(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return Optional.of(new RunFigures(
                Long.parseLong(properties.getProperty("wallNanos")),
                Long.parseLong(properties.getProperty("cpuNanos")),
                Long.parseLong(properties.getProperty("peakResidentBytes")),
                properties.getProperty("outcome")));
    }

    static long median(List<RunFigures> runs, ToLongFunction<RunFigures> figure) {
        long[] sorted = runs.stream().mapToLong(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
