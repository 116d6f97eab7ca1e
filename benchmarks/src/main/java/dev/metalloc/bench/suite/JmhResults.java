// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Reads what JMH writes with {@code -rf json}; results of one benchmark, size, threads and subject become one. */
final class JmhResults {

    private static final String HEAP_METRIC = "gc.alloc.rate.norm";

    private final List<Measured> all = new ArrayList<>();

    /**
     * Adds a file's results.
     *
     * @throws IOException where it cannot be read, or is no result of JMH's
     */
    void add(Path file) throws IOException {
        JsonNode results = new ObjectMapper().readTree(file.toFile());
        if (!results.isArray()) {
            throw new IOException(file + ": no results of JMH (expected: a file written with -rf json)");
        }
        for (JsonNode result : results) {
            if (!result.path("primaryMetric").has("rawData")) {
                throw new IOException(file + ": a result without raw data (expected: a file written with -rf json)");
            }
            add(measured(result));
        }
    }

    private void add(Measured measured) {
        OptionalInt same = IntStream.range(0, all.size())
                .filter(i -> all.get(i).isSameAs(measured))
                .findFirst();
        if (same.isPresent()) {
            all.set(same.getAsInt(), all.get(same.getAsInt()).and(measured));
        } else {
            all.add(measured);
        }
    }

    /** All results, in the order in which they were first met. */
    List<Measured> all() {
        return List.copyOf(all);
    }

    private static Measured measured(JsonNode result) {
        String benchmark = result.path("benchmark").asText();
        JsonNode params = result.path("params");
        return new Measured(
                benchmark.substring(benchmark.lastIndexOf('.') + 1),
                params.path("byteSize").asText(""),
                result.path("threads").asInt(1),
                params.path("subject").asText(""),
                figures(result.path("primaryMetric")),
                figures(result.path("secondaryMetrics").path(HEAP_METRIC)));
    }

    /** Raw data is a list of JVMs, each a list of iterations. */
    private static List<Double> figures(JsonNode metric) {
        List<Double> figures = new ArrayList<>();
        for (JsonNode jvm : metric.path("rawData")) {
            for (JsonNode iteration : jvm) {
                figures.add(iteration.asDouble());
            }
        }
        return List.copyOf(figures);
    }
}
