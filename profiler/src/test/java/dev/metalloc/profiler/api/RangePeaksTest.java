// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RangePeaksTest {

    private final RangePeaks peaks = new RangePeaks(List.of(5, 8, 9), List.of(10L, 25L, 40L, 20L, 30L, 15L));

    @Test
    void shouldAnswerForBandsThatLieWithinARange() {
        assertEquals(OptionalLong.of(10), peaks.of(0, 7));
        assertEquals(OptionalLong.of(25), peaks.of(5, 8));
        assertEquals(OptionalLong.of(40), peaks.of(0, 62));
        assertEquals(OptionalLong.of(20), peaks.of(6, 8));
        assertEquals(OptionalLong.of(30), peaks.of(6, 12));
        assertEquals(OptionalLong.of(15), peaks.of(9, 9));
        assertEquals(OptionalLong.of(0), peaks.of(6, 7));
        assertEquals(OptionalLong.of(0), peaks.of(10, 62));
        assertEquals(OptionalLong.empty(), RangePeaks.UNKNOWN.of(0, 62));
        assertFalse(RangePeaks.UNKNOWN.isKnown());
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> new RangePeaks(List.of(5, 8), List.of(1L, 2L)));
        assertThrows(IllegalArgumentException.class, () -> new RangePeaks(List.of(8, 5), List.of(1L, 2L, 3L)));
        assertThrows(IllegalArgumentException.class, () -> new RangePeaks(List.of(5, 5), List.of(1L, 2L, 3L)));
    }

    @Test
    void shouldTakeTheHigherOfEachRangeInWhateverOrder() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 100; round++) {
            RangePeaks a = random(random);
            RangePeaks b = random(random);
            RangePeaks c = random(random);
            RangePeaks both = RangePeaks.highest(a, b);
            assertEquals(both, RangePeaks.highest(b, a));
            assertEquals(a, RangePeaks.highest(a, a));
            assertEquals(RangePeaks.highest(both, c), RangePeaks.highest(a, RangePeaks.highest(b, c)));
            for (int from = 0; from < 10; from++) {
                for (int to = from; to < 10; to++) {
                    long higher = Math.max(
                            a.of(from, to).orElseThrow(), b.of(from, to).orElseThrow());
                    assertEquals(OptionalLong.of(higher), both.of(from, to));
                }
            }
        }
    }

    private static RangePeaks random(SplittableRandom random) {
        List<Integer> log2s = new ArrayList<>(List.of(random.nextInt(3)));
        for (int log2 = 3; log2 < 10; log2++) {
            if (random.nextBoolean()) {
                log2s.add(log2);
            }
        }
        return new RangePeaks(
                log2s,
                random.longs(RangePeaks.runs(log2s.size()), 1, 1000).boxed().toList());
    }
}
