// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Most requested bytes that neighbouring bands of sizes held live together, for each run of neighbours. Immutable.
 *
 * @param log2s the bands, smallest first; none where nothing is known
 * @param peakLiveBytes for each band the peaks of the runs that begin with it, the shortest first
 */
public record RangePeaks(List<Integer> log2s, List<Long> peakLiveBytes) {

    /** Of no band, or of bands of which only their own peaks are known. */
    public static final RangePeaks UNKNOWN = new RangePeaks(List.of(), List.of());

    /** @throws IllegalArgumentException where there are not as many peaks as runs, or bands are not in order */
    public RangePeaks {
        log2s = List.copyOf(log2s);
        peakLiveBytes = List.copyOf(peakLiveBytes);
        if (peakLiveBytes.size() != runs(log2s.size())) {
            throw new IllegalArgumentException(
                    "peaks: " + peakLiveBytes.size() + " (expected: " + runs(log2s.size()) + ")");
        }
        for (int i = 1; i < log2s.size(); i++) {
            if (log2s.get(i - 1) >= log2s.get(i)) {
                throw new IllegalArgumentException("bands: " + log2s + " (expected: smallest first)");
            }
        }
    }

    /** The peaks that so many bands have. */
    public static int runs(int bands) {
        return bands * (bands + 1) / 2;
    }

    public boolean isKnown() {
        return !log2s.isEmpty();
    }

    /** What the bands from one to another held together; empty where nothing is known, 0 where there is none of them. */
    public OptionalLong of(int minLog2, int maxLog2) {
        return isKnown() ? OptionalLong.of(within(minLog2, maxLog2)) : OptionalLong.empty();
    }

    private long within(int minLog2, int maxLog2) {
        int from = 0;
        while (from < log2s.size() && log2s.get(from) < minLog2) {
            from++;
        }
        int to = log2s.size() - 1;
        while (to >= from && log2s.get(to) > maxLog2) {
            to--;
        }
        return to < from ? 0 : peakLiveBytes.get(runs(log2s.size()) - runs(log2s.size() - from) + to - from);
    }

    /** The higher of both peaks of each run: what is known of two runs of a program, neither of which is unknown. */
    public static RangePeaks highest(RangePeaks a, RangePeaks b) {
        TreeSet<Integer> all = new TreeSet<>(a.log2s);
        all.addAll(b.log2s);
        List<Integer> log2s = new ArrayList<>(all);
        List<Long> peaks = new ArrayList<>(runs(log2s.size()));
        for (int from = 0; from < log2s.size(); from++) {
            for (int to = from; to < log2s.size(); to++) {
                peaks.add(Math.max(a.within(log2s.get(from), log2s.get(to)), b.within(log2s.get(from), log2s.get(to))));
            }
        }
        return new RangePeaks(log2s, peaks);
    }
}
