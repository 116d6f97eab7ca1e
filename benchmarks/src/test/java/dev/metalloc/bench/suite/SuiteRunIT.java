// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;

/** Each benchmark runs, if only for a moment: they do not rot. */
class SuiteRunIT {

    @TempDir
    private Path folder;

    @Test
    void shouldMeasureEachBenchmark() throws RunnerException, IOException {
        TimeValue moment = TimeValue.milliseconds(20);
        List<SuiteCase> cases = oneOfEachBenchmark();
        SuitePlan plan = new SuitePlan(cases, true, 1, 1, moment, 1, moment);
        Path json = folder.resolve("results.json");

        SuiteRun run = new SuiteRun(
                plan,
                List.of("composite"),
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        run.run(cases);
        run.write(json);

        JmhResults results = new JmhResults();
        results.add(json);
        assertEquals(
                cases.stream().map(SuiteCase::benchmark).toList(),
                results.all().stream().map(Measured::benchmark).toList());
        assertTrue(results.all().stream().allMatch(each -> each.medianNanos() > 0));
    }

    private static List<SuiteCase> oneOfEachBenchmark() {
        Map<String, SuiteCase> cases = new LinkedHashMap<>();
        SuitePlan.quick().cases().forEach(each -> cases.putIfAbsent(each.benchmark(), each));
        return List.copyOf(cases.values());
    }
}
