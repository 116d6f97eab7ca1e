// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RangePeakBytesTest {

    /** Against all sums of all observations, each taken for itself. */
    @Test
    void shouldKnowTheMostThatNeighboursHeldAtOnce() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RangePeakBytes peaks = new RangePeakBytes();
            long[] expected = new long[SizeBands.RANGES];
            long[] held = new long[SizeBands.COUNT];
            Set<Integer> seen = new HashSet<>();
            for (int round = 0; round < 60; round++) {
                int band = random.nextInt(SizeBands.COUNT);
                held[band] = random.nextInt(4) == 0 ? 0 : random.nextLong(1, 1_000_000);
                long most = random.nextInt(8) == 0 ? random.nextLong(1_000_000) : Long.MAX_VALUE;
                peaks.raise(held, most);
                raise(expected, held, most);
                for (int each = 0; each < SizeBands.COUNT; each++) {
                    if (held[each] > 0) {
                        seen.add(each);
                    }
                }
            }
            long[] found = peaks.copy();
            for (int from : seen) {
                for (int to : seen) {
                    if (from <= to) {
                        int range = SizeBands.range(from, to);
                        assertEquals(expected[range], found[range], "bands " + from + " to " + to);
                    }
                }
            }
        }
    }

    private static void raise(long[] expected, long[] held, long most) {
        for (int from = 0; from < SizeBands.COUNT; from++) {
            long sum = 0;
            for (int to = from; to < SizeBands.COUNT; to++) {
                sum += held[to];
                int range = SizeBands.range(from, to);
                expected[range] = Math.max(expected[range], Math.min(sum, most));
            }
        }
    }

    @Test
    void shouldNumberEachRangeOnce() {
        Set<Integer> numbers = new HashSet<>();
        for (int from = 0; from < SizeBands.COUNT; from++) {
            for (int to = from; to < SizeBands.COUNT; to++) {
                numbers.add(SizeBands.range(from, to));
            }
        }
        assertEquals(SizeBands.RANGES, numbers.size());
        assertEquals(
                SizeBands.RANGES - 1,
                numbers.stream().mapToInt(Integer::intValue).max().orElse(0));
    }
}
