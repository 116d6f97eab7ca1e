// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JmhResultsTest {

    private static final String ROUND_1 = """
            [{"jmhVersion": "1.37", "benchmark": "dev.metalloc.bench.alloc.PairBenchmark.pair", "mode": "avgt", "threads": 2,
              "params": {"byteSize": "64", "subject": "slab"},
              "primaryMetric": {"score": 3.0, "rawData": [[2.0, 4.0], [3.0]]},
              "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 0.5, "rawData": [[0.25, 0.75]]}}}]
            """;
    private static final String ROUND_2 = """
            [{"benchmark": "dev.metalloc.bench.alloc.PairBenchmark.pair", "threads": 2,
              "params": {"byteSize": "64", "subject": "slab"}, "primaryMetric": {"rawData": [[5.0]]}, "secondaryMetrics": {}},
             {"benchmark": "dev.metalloc.bench.alloc.Sh6Benchmark.sh6", "threads": 1,
              "params": {"subject": "slab"}, "primaryMetric": {"rawData": [[7.0]]}, "secondaryMetrics": {}}]
            """;

    @TempDir
    private Path folder;

    @Test
    void shouldReadNamesParametersAndEveryIteration() throws IOException {
        Measured pair = read(ROUND_1).getFirst();

        assertEquals(new Measured("pair", "64", 2, "slab", List.of(2.0, 4.0, 3.0), List.of(0.25, 0.75)), pair);
    }

    @Test
    void shouldJoinRoundsAndKeepOtherRowsApart() throws IOException {
        List<Measured> all = read(ROUND_1, ROUND_2);

        assertEquals(2, all.size());
        assertEquals(List.of(2.0, 4.0, 3.0, 5.0), all.getFirst().nanos());
        assertEquals(3.5, all.getFirst().medianNanos());
        assertEquals("", all.getLast().byteSize());
    }

    @Test
    void shouldRefuseWhatIsNoResult() {
        IOException noList = assertThrows(IOException.class, () -> read("{}"));
        IOException noData = assertThrows(IOException.class, () -> read("[{\"benchmark\": \"a.b\"}]"));

        assertTrue(String.valueOf(noList.getMessage()).contains("no results of JMH"));
        assertTrue(String.valueOf(noData.getMessage()).contains("without raw data"));
    }

    private List<Measured> read(String... files) throws IOException {
        JmhResults results = new JmhResults();
        for (String json : files) {
            results.add(Files.writeString(Files.createTempFile(folder, "results", ".json"), json));
        }
        return results.all();
    }
}
