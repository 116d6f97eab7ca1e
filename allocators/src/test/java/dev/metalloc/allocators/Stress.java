// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/** Rounds of random workloads over all subjects in turn until time is up or one fails. */
final class Stress {

    private static final long PROGRESS_NANOS = 30_000_000_000L;

    private final List<Subject> subjects;
    private final long seed;
    private final PrintStream out;
    private final LongSupplier nanoClock;

    /** @param seed of the first round; each further round has the next number */
    Stress(List<Subject> subjects, long seed, PrintStream out, LongSupplier nanoClock) {
        this.subjects = new ArrayList<>(subjects);
        this.seed = seed;
        this.out = out;
        this.nanoClock = nanoClock;
        // A short run should not end before the same subjects each time.
        Collections.shuffle(this.subjects, new Random(seed));
    }

    /** Runs at least one round, at most {@code mostRounds}; false where one failed. */
    boolean run(long durationNanos, long mostRounds) throws InterruptedException {
        long startNanos = nanoClock.getAsLong();
        long reportNanos = startNanos;
        long round = 0;
        do {
            Subject subject = subjects.get((int) (round % subjects.size()));
            if (!succeeds(subject, seed + round)) {
                return false;
            }
            round++;
            if (nanoClock.getAsLong() - reportNanos >= PROGRESS_NANOS) {
                reportNanos = nanoClock.getAsLong();
                out.println("stress: " + round + " rounds");
            }
        } while (round < mostRounds && nanoClock.getAsLong() - startNanos < durationNanos);
        long seconds = (nanoClock.getAsLong() - startNanos) / 1_000_000_000;
        long covered = Math.min(round, subjects.size());
        out.println("stress: " + round + " rounds well in " + seconds + " s, " + covered + " of " + subjects.size()
                + " allocators, first seed " + seed);
        return true;
    }

    private boolean succeeds(Subject subject, long roundSeed) throws InterruptedException {
        try {
            new StressRound(subject, roundSeed).run();
            return true;
        } catch (AssertionError | RuntimeException e) {
            out.println("stress: " + subject.name() + " failed: " + e.getMessage());
            out.println("stress: again: --rounds 1 --seed " + roundSeed + " --allocators '" + subject.name() + "'");
            e.printStackTrace(out);
            return false;
        }
    }
}
