// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs cases with JMH, all subjects of a row one after the other, each in a JVM of its own, and does so in rounds. */
final class SuiteRun {

    private final SuitePlan plan;
    private final List<String> present;
    private final PrintStream progress;
    private final List<RunResult> results = new ArrayList<>();

    /**
     * @param present subjects that can be measured on this machine
     * @param progress told what is measured and what came out
     */
    SuiteRun(SuitePlan plan, List<String> present, PrintStream progress) {
        this.plan = plan;
        this.present = present;
        this.progress = progress;
    }

    void run(List<SuiteCase> cases) throws RunnerException {
        for (int round = 1; round <= plan.rounds(); round++) {
            for (int i = 0; i < cases.size(); i++) {
                SuiteCase suiteCase = cases.get(i);
                progress.printf(
                        "round %d/%d, %d/%d, %s:", round, plan.rounds(), i + 1, cases.size(), suiteCase.label());
                for (String subject : plan.subjects(suiteCase, present)) {
                    run(suiteCase, subject);
                }
                progress.println();
            }
        }
    }

    private void run(SuiteCase suiteCase, String subject) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(suiteCase.include())
                .param("subject", subject)
                .threads(suiteCase.threads())
                .forks(1)
                .warmupIterations(plan.warmupIterations())
                .warmupTime(plan.warmupTime())
                .measurementIterations(plan.measurementIterations())
                .measurementTime(plan.measurementTime())
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT);
        if (!suiteCase.byteSize().isEmpty()) {
            options.param("byteSize", suiteCase.byteSize());
        }
        Collection<RunResult> run = new Runner(options.build()).run();
        results.addAll(run);
        progress.print(" " + subject + " " + score(run));
    }

    private static String score(Collection<RunResult> run) {
        return run.stream()
                .map(each -> String.format(
                        Locale.ROOT, "%.1f", each.getPrimaryResult().getScore()))
                .findFirst()
                .orElse("failed");
    }

    /** Writes all results as JMH does with {@code -rf json}. */
    void write(Path file) throws IOException {
        try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
        }
    }
}
