// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import dev.metalloc.profiler.api.ThreadSummary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Keeps the number of named threads bounded; what is left out is added up under {@link #OTHERS}. */
final class ThreadFold {
    static final String OTHERS = "(others)";

    private static final Comparator<ThreadSummary> BUSIEST_FIRST =
            Comparator.comparingLong(ThreadFold::events).reversed().thenComparing(ThreadSummary::name);

    private ThreadFold() {}

    /** For one run: the busiest keep their names. Threads of one name are one. */
    static List<ThreadSummary> busiest(List<ThreadSummary> threads, ThreadSummary others, int maxNamed) {
        List<ThreadSummary> sorted = sorted(byName(threads).values());
        ThreadSummary rest = others;
        for (ThreadSummary thread : sorted.subList(Math.min(maxNamed, sorted.size()), sorted.size())) {
            rest = sum(OTHERS, rest, thread);
        }
        return withOthers(sorted.subList(0, Math.min(maxNamed, sorted.size())), rest);
    }

    /**
     * For merged runs: the first names in order keep theirs. Keeping the busiest would make the outcome depend on the
     * order of merging: a thread that is folded early could not come back when it turns out to be busy.
     */
    static List<ThreadSummary> firstNames(Collection<ThreadSummary> threads, int maxNamed) {
        NavigableMap<String, ThreadSummary> named = byName(threads);
        ThreadSummary folded = named.remove(OTHERS);
        ThreadSummary rest = folded == null ? new ThreadSummary(OTHERS, 0, 0, 0, 0) : folded;
        while (named.size() > maxNamed) {
            rest = sum(OTHERS, rest, named.pollLastEntry().getValue());
        }
        return withOthers(sorted(named.values()), rest);
    }

    private static NavigableMap<String, ThreadSummary> byName(Collection<ThreadSummary> threads) {
        TreeMap<String, ThreadSummary> named = new TreeMap<>();
        for (ThreadSummary thread : threads) {
            named.merge(thread.name(), thread, (a, b) -> sum(a.name(), a, b));
        }
        return named;
    }

    private static List<ThreadSummary> sorted(Collection<ThreadSummary> threads) {
        return threads.stream().sorted(BUSIEST_FIRST).toList();
    }

    private static List<ThreadSummary> withOthers(List<ThreadSummary> named, ThreadSummary others) {
        if (events(others) == 0) {
            return named;
        }
        List<ThreadSummary> all = new ArrayList<>(named);
        all.add(others);
        return all;
    }

    private static ThreadSummary sum(String name, ThreadSummary a, ThreadSummary b) {
        return new ThreadSummary(
                name,
                a.allocateCount() + b.allocateCount(),
                a.allocateBytes() + b.allocateBytes(),
                a.freeCount() + b.freeCount(),
                a.remoteFreeCount() + b.remoteFreeCount(),
                Histograms.sum(a.sizes(), b.sizes()),
                Histograms.sum(a.lifetimeBytes(), b.lifetimeBytes()),
                a.turns().plus(b.turns()));
    }

    private static long events(ThreadSummary thread) {
        return thread.allocateCount() + thread.freeCount();
    }
}
