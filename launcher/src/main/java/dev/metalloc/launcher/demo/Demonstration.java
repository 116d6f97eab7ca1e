// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.demo;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Progress;
import dev.metalloc.launcher.Surroundings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Profiles the application, explains the choice, and runs it by turns with the JDK's default, recorded, and with the choice. */
public final class Demonstration {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    private final DemoApplication application;
    private final Progress progress;
    private final PrintStream out;
    private final int roundCount;

    public Demonstration(Surroundings surroundings, Path folder, int roundCount, long requestCount) {
        this.application = new DemoApplication(surroundings, folder, requestCount);
        this.progress = new Progress(surroundings);
        this.out = surroundings.out();
        this.roundCount = roundCount;
    }

    /** Fails where a run computed something else than the others. */
    public void run() throws IOException, InterruptedException {
        out.println("A document service: entity tags through zlib bindings (an arena per call), documents in an");
        out.println("off-heap cache over sun.misc.Unsafe. Recorded once, this is what it does and what would suit it:");
        out.println();
        RunFigures first = measured("recorded", List.of("profile"));
        application.show(List.of("recommend", DemoApplication.MAIN_CLASS));
        out.println();
        List<RunFigures> before = new ArrayList<>();
        List<RunFigures> recorded = new ArrayList<>();
        List<RunFigures> after = new ArrayList<>();
        for (int round = 1; round <= roundCount; round++) {
            String turn = " (round " + round + " of " + roundCount + ")";
            before.add(measured("JDK's default" + turn, List.of()));
            recorded.add(measured("recorded" + turn, List.of("profile")));
            after.add(measured("dispatched" + turn, List.of("run")));
        }
        printTable(before, recorded, after);
        requireSameOutcome(first, before, recorded, after);
    }

    private RunFigures measured(String name, List<String> metallocWords) throws IOException, InterruptedException {
        progress.show(name);
        RunFigures figures = application.run(metallocWords);
        progress.clear();
        return figures;
    }

    private void printTable(List<RunFigures> before, List<RunFigures> recorded, List<RunFigures> after) {
        out.printf(Locale.ROOT, "Medians of %d runs each, in turn:%n", before.size());
        out.printf(Locale.ROOT, "  %-20s%16s%12s%14s%10s%n", "", "JDK's default", "recorded", "dispatched", "ratio");
        printRow("work, wall (s)", "%.2f", RunFigures::wallNanos, NANOS_PER_SECOND, List.of(before, recorded, after));
        printRow("work, CPU (s)", "%.2f", RunFigures::cpuNanos, NANOS_PER_SECOND, List.of(before, recorded, after));
        printRow(
                "peak resident (MiB)",
                "%.0f",
                RunFigures::peakResidentBytes,
                BYTES_PER_MEBIBYTE,
                List.of(before, recorded, after));
        double change = percent(
                RunFigures.median(after, RunFigures::wallNanos), RunFigures.median(before, RunFigures::wallNanos));
        out.printf(
                Locale.ROOT,
                "%nThe dispatched run did the same work in %.1f %% %s time.%n",
                Math.abs(change),
                change <= 0 ? "less" : "more");
    }

    /** One figure of all kinds of runs. */
    private void printRow(
            String name, String format, ToLongFunction<RunFigures> figure, double unit, List<List<RunFigures>> kinds) {
        double[] medians = kinds.stream()
                .mapToDouble(runs -> RunFigures.median(runs, figure) / unit)
                .toArray();
        out.printf(Locale.ROOT, "  %-20s", name);
        out.printf(Locale.ROOT, "%16s", String.format(Locale.ROOT, format, medians[0]));
        out.printf(Locale.ROOT, "%12s", String.format(Locale.ROOT, format, medians[1]));
        out.printf(Locale.ROOT, "%14s", String.format(Locale.ROOT, format, medians[2]));
        out.printf(Locale.ROOT, "%9.2fx%n", medians[0] / medians[2]);
    }

    @SafeVarargs
    private void requireSameOutcome(RunFigures first, List<RunFigures>... others) {
        for (List<RunFigures> runs : others) {
            for (RunFigures run : runs) {
                if (!run.outcome().equals(first.outcome())) {
                    throw CommandFailure.failed("a run computed \"" + run.outcome() + "\" instead of \""
                            + first.outcome() + "\" (report this)");
                }
            }
        }
        out.println("All runs computed the same: " + first.outcome());
    }

    private static double percent(long value, long base) {
        return 100.0 * (value - base) / Math.max(1, base);
    }
}
