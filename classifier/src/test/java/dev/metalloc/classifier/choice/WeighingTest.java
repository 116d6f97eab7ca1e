// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WeighingTest {

    private static Option option(String name, double pairNanos, long peakBytes, long maxByteSize) {
        return new Option(name, Map.of(), pairNanos, peakBytes, maxByteSize, "");
    }

    private static Weighing weighing(String rejection, Option... options) {
        return new Weighing(List.of(options), List.of(rejection));
    }

    /** The cost of one group says nothing of the next, which may be of larger blocks. */
    @Test
    void shouldWeighWhatFitsBothByTheBlocksOfEach() {
        Weighing small = weighing(
                "bump", option(Verdict.LEAVE, 30, 100, 64), option("slab", 10, 1, 64), option("buddy", 20, 200, 64));
        Weighing large = weighing("slab", option(Verdict.LEAVE, 60, 300, 512), option("buddy", 80, 500, 512));

        Weighing both = small.with(large, 3, 1);

        assertEquals(List.of(option(Verdict.LEAVE, 37.5, 400, 512), option("buddy", 35, 700, 512)), both.options());
        assertEquals(List.of("bump", "slab"), both.rejections());
        assertFalse(both.isNothingElse());
    }

    @Test
    void shouldTakeOneOfEachAllocator() {
        Weighing twice = weighing("", option("slab", 10, 1, 64), option("slab", 12, 0, 64));

        assertEquals(List.of(option("slab", 10, 2, 64)), twice.with(twice, 1, 1).options());
        assertTrue(weighing("", option(Verdict.LEAVE, 1, 1, 1)).isNothingElse());
    }
}
