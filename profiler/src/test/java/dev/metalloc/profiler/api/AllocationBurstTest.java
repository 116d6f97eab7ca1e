// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AllocationBurstTest {

    private static AllocationBurst random(SplittableRandom random) {
        List<AllocationBurst.Block> blocks = IntStream.range(0, random.nextInt(1, 5))
                .mapToObj(i -> new AllocationBurst.Block(
                        random.nextLong(100),
                        random.nextLong(-1, 50),
                        random.nextInt(3),
                        random.nextBoolean(),
                        random.nextBoolean()))
                .toList();
        return new AllocationBurst(random.nextLong(20), blocks);
    }

    private static List<AllocationBurst> some(SplittableRandom random) {
        List<AllocationBurst> bursts = new ArrayList<>();
        for (int i = random.nextInt(AllocationBurst.MOST); i >= 0; i--) {
            bursts.add(random(random));
        }
        return AllocationBurst.some(bursts, List.of());
    }

    @Test
    void shouldMergeTheSameInWhateverOrder() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 200; round++) {
            List<AllocationBurst> a = some(random);
            List<AllocationBurst> b = some(random);
            List<AllocationBurst> c = some(random);
            List<AllocationBurst> both = AllocationBurst.some(a, b);
            assertEquals(both, AllocationBurst.some(b, a));
            assertEquals(a, AllocationBurst.some(a, a));
            assertEquals(
                    AllocationBurst.some(both, c),
                    AllocationBurst.some(a, AllocationBurst.some(b, c)),
                    "round " + round);
            assertEquals(both.stream().sorted().toList(), both);
        }
    }

    @Test
    void shouldRefuseWhatNoProgramDoes() {
        assertThrows(IllegalArgumentException.class, () -> new AllocationBurst.Block(-1, 0, 0, false, false));
        assertThrows(IllegalArgumentException.class, () -> new AllocationBurst.Block(0, -2, 0, false, false));
        List<AllocationBurst.Block> tooMany = Collections.nCopies(
                AllocationBurst.MOST_BLOCKS + 1, new AllocationBurst.Block(1, AllocationBurst.LIVE, 0, false, false));
        assertThrows(IllegalArgumentException.class, () -> new AllocationBurst(0, tooMany));
    }
}
