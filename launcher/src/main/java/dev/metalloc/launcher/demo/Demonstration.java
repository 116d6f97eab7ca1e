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

/** Profiles the application, explains the choice, and runs it by turns with the JDK's default and with the choice. */
public final class Demonstration {

    private static final double NANOS_PER_SECOND = 1e9;

    private final DemoApplication application;
    private final Progress progress;
    private final PrintStream out;
    private final int pairCount;

    public Demonstration(Surroundings surroundings, Path folder, int pairCount, long requestCount) {
        this.application = new DemoApplication(surroundings, folder, requestCount);
        this.progress = new Progress(surroundings);
        this.out = surroundings.out();
        this.pairCount = pairCount;
    }

    /** Fails where a run computed something else than the others. */
    public void run() throws IOException, InterruptedException {
        out.println("A document service: entity tags through zlib bindings (an arena per call), documents in an");
        out.println("off-heap cache over sun.misc.Unsafe. One run as it is, one recorded:");
        RunFigures plain = measured("as it is", List.of());
        RunFigures profiled = measured("recorded", List.of("profile"));
        out.printf(
                Locale.ROOT,
                "  as it is %.2f s, recorded %.2f s: profiling cost %+.1f %%%n%n",
                seconds(plain.wallNanos()),
                seconds(profiled.wallNanos()),
                percent(profiled.wallNanos(), plain.wallNanos()));
        application.show(List.of("recommend", DemoApplication.MAIN_CLASS));
        out.println();
        compare(plain, profiled);
    }

    private void compare(RunFigures plain, RunFigures profiled) throws IOException, InterruptedException {
        List<RunFigures> before = new ArrayList<>();
        List<RunFigures> after = new ArrayList<>();
        for (int pair = 1; pair <= pairCount; pair++) {
            String turn = " (pair " + pair + " of " + pairCount + ")";
            before.add(measured("JDK's default" + turn, List.of()));
            after.add(measured("dispatched" + turn, List.of("run")));
        }
        printTable(before, after);
        List<RunFigures> all = new ArrayList<>(before);
        all.addAll(after);
        all.add(profiled);
        requireSameOutcome(plain, all);
    }

    private RunFigures measured(String name, List<String> metallocWords) throws IOException, InterruptedException {
        progress.show(name);
        RunFigures figures = application.run(metallocWords);
        progress.clear();
        return figures;
    }

    private void printTable(List<RunFigures> before, List<RunFigures> after) {
        out.printf(Locale.ROOT, "Medians of %d runs each, in turn:%n", before.size());
        out.printf(Locale.ROOT, "  %-22s %13s %13s %9s%n", "", "JDK's default", "dispatched", "ratio");
        long wallBefore = RunFigures.median(before, RunFigures::wallNanos);
        long wallAfter = RunFigures.median(after, RunFigures::wallNanos);
        long cpuBefore = RunFigures.median(before, RunFigures::cpuNanos);
        long cpuAfter = RunFigures.median(after, RunFigures::cpuNanos);
        long peakBefore = RunFigures.median(before, RunFigures::peakResidentBytes);
        long peakAfter = RunFigures.median(after, RunFigures::peakResidentBytes);
        out.printf(
                Locale.ROOT,
                "  %-22s %13.2f %13.2f %8.2fx%n",
                "work, wall (s)",
                seconds(wallBefore),
                seconds(wallAfter),
                ratio(wallBefore, wallAfter));
        out.printf(
                Locale.ROOT,
                "  %-22s %13.2f %13.2f %8.2fx%n",
                "work, CPU (s)",
                seconds(cpuBefore),
                seconds(cpuAfter),
                ratio(cpuBefore, cpuAfter));
        out.printf(
                Locale.ROOT,
                "  %-22s %13d %13d %8.2fx%n",
                "peak resident (MiB)",
                peakBefore >> 20,
                peakAfter >> 20,
                ratio(peakBefore, peakAfter));
        out.printf(
                Locale.ROOT,
                "%nThe dispatched run did the same work in %.1f %% %s time.%n",
                Math.abs(percent(wallAfter, wallBefore)),
                wallAfter <= wallBefore ? "less" : "more");
    }

    private void requireSameOutcome(RunFigures plain, List<RunFigures> others) {
        for (RunFigures run : others) {
            if (!run.outcome().equals(plain.outcome())) {
                throw CommandFailure.failed("a run computed \"" + run.outcome() + "\" instead of \"" + plain.outcome()
                        + "\" (report this)");
            }
        }
        out.println("All runs computed the same: " + plain.outcome());
    }

    private static double seconds(long nanos) {
        return nanos / NANOS_PER_SECOND;
    }

    private static double ratio(long before, long after) {
        return (double) before / Math.max(1, after);
    }

    private static double percent(long value, long base) {
        return 100.0 * (value - base) / Math.max(1, base);
    }
}
