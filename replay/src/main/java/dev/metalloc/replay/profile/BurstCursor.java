// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.api.AllocationBurst;
import dev.metalloc.profiler.api.BandProfile;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a profile's bursts, each again and again for as long as it stands for the blocks around it.
 *
 * <p>One for each thread of a workload; confined.
 */
final class BurstCursor {

    private final List<AllocationBurst> bursts;
    private int burst = -1;
    private int next;

    BurstCursor(List<AllocationBurst> bursts) {
        this.bursts = bursts.stream().filter(each -> !each.blocks().isEmpty()).toList();
    }

    /** The bands of which no burst has a block: what is rare comes from the histograms alone. */
    Set<Integer> missing(List<BandProfile> bands) {
        Set<Integer> missing = new HashSet<>();
        for (BandProfile band : bands) {
            boolean isThere = bursts.stream()
                    .flatMap(burst -> burst.blocks().stream())
                    .anyMatch(block -> isWithin(band, block.byteSize()));
            if (!isThere) {
                missing.add(band.log2());
            }
        }
        return missing;
    }

    static boolean isWithin(BandProfile band, long byteSize) {
        return byteSize >= band.minByteSize() && byteSize <= band.maxByteSize();
    }

    /**
     * The next block, or null where there are no bursts.
     *
     * @param position how much of the workload is done: 0..1
     */
    AllocationBurst.@Nullable Block next(double position) {
        if (bursts.isEmpty()) {
            return null;
        }
        if (burst < 0 || next == bursts.get(burst).blocks().size()) {
            burst = Math.min((int) (position * bursts.size()), bursts.size() - 1);
            next = 0;
        }
        return bursts.get(burst).blocks().get(next++);
    }
}
