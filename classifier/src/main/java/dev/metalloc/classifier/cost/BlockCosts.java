// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.cost;

import dev.metalloc.profiler.api.BandProfile;
import java.util.List;

/** What bands of blocks cost on a bare allocator, without an entry point around it. Immutable. */
public final class BlockCosts {

    // Live bytes up to which blocks and what is known of them stay in a core's caches.
    private static final double NEAR_BYTES = 0.3e6;
    private static final double MOST_DECADES = 2;

    private final CostModel model;

    public BlockCosts(CostModel model) {
        this.model = model;
    }

    /**
     * Nanoseconds for all allocations and frees of the bands; an event is half a pair.
     *
     * <p>A block that takes the place of one freed before costs by the order of the frees; one that adds to the live bytes is cut from
     * fresh memory, and its memory coalesces again some day. Where threads take turns, what one wrote last the next must fetch. Where much
     * is live, what was freed in no order, or all at once, is far from the caches and comes back as it was freed.
     *
     * @param sharing how likely an event follows one of another thread
     * @param liveBytes of all bands together, at the peak
     */
    public double nanos(String variant, List<BandProfile> bands, double sharing, long liveBytes) {
        double decades = Math.clamp(Math.log10(Math.max(1, liveBytes) / NEAR_BYTES), 0.0, MOST_DECADES);
        double nanos = 0;
        for (BandProfile band : bands) {
            double grown = grownRatio(band);
            double own = (1 - grown) * reusedNanos(variant, band) + grown * model.grownNanos(variant);
            double scattered = (1 - grown) * randomRatio(band) + grown;
            double pair =
                    own + sharing * model.sharedNanos(variant) + scattered * decades * model.scatteredNanos(variant);
            nanos += pair * pairs(band) + model.remoteNanos(variant) * band.remoteFreeCount();
        }
        return nanos;
    }

    /** What a lock adds to them where no other thread holds it. */
    public double lockNanos(List<BandProfile> bands) {
        return model.lockNanos() * bands.stream().mapToDouble(BlockCosts::pairs).sum();
    }

    /** What it adds to them that any thread may call a slab. */
    public double slabLockNanos(List<BandProfile> bands) {
        return model.slabLockNanos()
                * bands.stream().mapToDouble(BlockCosts::pairs).sum();
    }

    /** What a part more adds to an event, whichever part serves it. */
    public double routeNanosPerEvent() {
        return model.routeNanos() / 2;
    }

    public boolean knows(String variant) {
        return model.knows(variant);
    }

    private static double pairs(BandProfile band) {
        return (band.allocateCount() + band.freeCount()) / 2.0;
    }

    private double reusedNanos(String variant, BandProfile band) {
        return model.reusedNanos(variant, band.fifoFreeCount() / ordered(band), randomRatio(band));
    }

    private static double randomRatio(BandProfile band) {
        return band.randomFreeCount() / ordered(band);
    }

    private static double ordered(BandProfile band) {
        return Math.max(
                1.0,
                (double) band.lifoFreeCount() + band.fifoFreeCount() + band.randomFreeCount() + band.bulkFreeCount());
    }

    /** Blocks live at the peak, of all allocated: so many were made when there was nothing to reuse. */
    private static double grownRatio(BandProfile band) {
        return band.allocateBytes() == 0 ? 0 : Math.min(1, (double) band.peakLiveBytes() / band.allocateBytes());
    }
}
