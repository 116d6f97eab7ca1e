// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import dev.metalloc.bench.alloc.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Which cases run with which subjects, for how long.
 *
 * @param rounds how often all is run, each time in new JVMs, so that what one JVM happens to do, and what the machine happens to
 *     do meanwhile, falls on all subjects
 * @param isShort whether subjects are left out that say least: those under one lock or with magazines, and those in stripes where the
 *     bare one runs
 */
record SuitePlan(
        List<SuiteCase> cases,
        boolean isShort,
        int rounds,
        int warmupIterations,
        TimeValue warmupTime,
        int measurementIterations,
        TimeValue measurementTime) {

    private static final String LOCKED = "-locked";
    private static final String CACHING = "-caching";
    private static final String STRIPED = "-striped";
    private static final long SMALL_BYTES = 1000;
    private static final long RPTEST_LARGEST_BYTES = 16_000;
    private static final long MSTRESS_LARGEST_BYTES = 102_400;

    private static final List<String> OWN_BLOCKS = List.of("pair", "lifo", "fifo", "random");
    private static final List<String> SIZES =
            List.of("16", "64", "256", "1024", "4096", "16384", "65536", "262144", "1048576", Sizes.MIXED);

    /** All of it; takes hours. */
    static SuitePlan full() {
        List<SuiteCase> cases = new ArrayList<>();
        for (String benchmark : OWN_BLOCKS) {
            SIZES.forEach(size -> cases.add(own(benchmark, size, 1)));
            for (int threads = 2; threads <= 4; threads *= 2) {
                cases.add(own(benchmark, "64", threads));
                cases.add(own(benchmark, Sizes.MIXED, threads));
            }
        }
        for (int threads = 1; threads <= 4; threads *= 2) {
            cases.addAll(classics(threads));
        }
        for (int threads = 2; threads <= 4; threads *= 2) {
            for (String size : List.of("64", "1024", "16384", Sizes.MIXED)) {
                cases.add(crossing("producerConsumer", size, threads, Sizes.largest(size)));
            }
            cases.add(crossing("xmalloc", "", threads, SMALL_BYTES));
        }
        return new SuitePlan(cases, false, 3, 5, TimeValue.milliseconds(300), 5, TimeValue.milliseconds(300));
    }

    /** What shows most in ten minutes on two cores. */
    static SuitePlan quick() {
        List<SuiteCase> cases = new ArrayList<>();
        for (String benchmark : OWN_BLOCKS) {
            cases.add(own(benchmark, "64", 1));
            cases.add(own(benchmark, Sizes.MIXED, 1));
        }
        cases.add(own("pair", "4096", 1));
        cases.add(own("random", "64", 2));
        cases.add(own("random", Sizes.MIXED, 2));
        cases.add(crossing("producerConsumer", "64", 2, Sizes.largest("64")));
        cases.add(crossing("xmalloc", "", 2, SMALL_BYTES));
        cases.add(crossing("sh6", "", 1, SMALL_BYTES));
        cases.addAll(classics(2).stream()
                .filter(each -> !each.benchmark().equals("sh6"))
                .toList());
        return new SuitePlan(cases, true, 1, 4, TimeValue.milliseconds(200), 5, TimeValue.milliseconds(100));
    }

    private static List<SuiteCase> classics(int threads) {
        return List.of(
                crossing("larson", "", threads, SMALL_BYTES),
                crossing("sh6", "", threads, SMALL_BYTES),
                crossing("sh8", "", threads, SMALL_BYTES),
                crossing("mstress", "", threads, MSTRESS_LARGEST_BYTES),
                crossing("rptest", "", threads, RPTEST_LARGEST_BYTES),
                crossing("cacheScratch", "", threads, SMALL_BYTES));
    }

    private static SuiteCase own(String benchmark, String byteSize, int threads) {
        return new SuiteCase(benchmark, byteSize, threads, Sizes.largest(byteSize), false);
    }

    private static SuiteCase crossing(String benchmark, String byteSize, int threads, long largestBytes) {
        return new SuiteCase(benchmark, byteSize, threads, largestBytes, true);
    }

    /** The cases whose label one of the patterns is found in; all where there is no pattern. */
    List<SuiteCase> casesMatching(List<Pattern> patterns) {
        return cases.stream()
                .filter(each -> patterns.isEmpty()
                        || patterns.stream()
                                .anyMatch(p -> p.matcher(each.label()).find()))
                .toList();
    }

    /** Subjects that run in a case, of those that are there. */
    List<String> subjects(SuiteCase suiteCase, List<String> present) {
        return present.stream()
                .filter(name -> suiteCase.suits(name) && !(isShort && saysLittle(suiteCase, name)))
                .toList();
    }

    private static boolean saysLittle(SuiteCase suiteCase, String subject) {
        return subject.endsWith(LOCKED)
                || subject.endsWith(CACHING)
                || (subject.endsWith(STRIPED)
                        && suiteCase.suits(subject.substring(0, subject.length() - STRIPED.length())));
    }
}
