// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.api.AllocationBurst;
import dev.metalloc.profiler.record.SizeBands;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells programs that repeat themselves from those whose sizes come by chance, as a cache's do. */
final class Repetition {

    /** Recorded programs have 0.01 to 0.7, sizes drawn at random 0.9 and more. */
    private static final double LEAST_NEWS = 0.85;

    private static final int NO_BLOCK = SizeBands.COUNT;

    private Repetition() {}

    /**
     * Whether what follows what says more than how often each size comes: whether the entropy of a block's size band, and that of its size, fall by a
     * seventh and more once the bands of the two before it are known.
     */
    static boolean isSeen(List<AllocationBurst> bursts) {
        return isSeen(bursts, 0) && isSeen(bursts, SizeBands.SUB_BUCKETS);
    }

    /** @param parts into which each band is cut; 0 for none */
    private static boolean isSeen(List<AllocationBurst> bursts, int parts) {
        Map<Integer, Integer> alone = new HashMap<>();
        Map<Integer, Map<Integer, Integer>> afterTwo = new HashMap<>();
        for (AllocationBurst burst : bursts) {
            int before = NO_BLOCK;
            int last = NO_BLOCK;
            for (AllocationBurst.Block block : burst.blocks()) {
                int band = SizeBands.band(block.byteSize());
                int size = parts == 0 ? band : band * parts + SizeBands.subBucket(band, block.byteSize());
                alone.merge(size, 1, Integer::sum);
                afterTwo.computeIfAbsent((before << 8) | last, key -> new HashMap<>())
                        .merge(size, 1, Integer::sum);
                before = last;
                last = band;
            }
        }
        double known = afterTwo.values().stream().mapToDouble(Repetition::news).sum();
        return known <= LEAST_NEWS * news(alone);
    }

    /** The entropy of all that was counted together, in nats. */
    private static double news(Map<Integer, Integer> counts) {
        double all = counts.values().stream().mapToInt(count -> count).sum();
        return counts.values().stream()
                .mapToDouble(count -> count * Math.log(all / count))
                .sum();
    }
}
