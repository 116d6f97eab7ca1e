// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.TestTraits;
import dev.metalloc.classifier.cost.BlockCosts;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.classifier.cost.PathCosts;
import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.RangePeaks;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RangePartsTest {

    private static final long COUNT = 100_000;
    private static final BandProfile LARGE = BandMaker.band(2000, 4000, 10, 4000);

    private static List<String> slabClasses(Map<Long, Long> sizes, List<BandProfile> bands, int end) {
        CompositeInput input = new CompositeInput(
                bands,
                SizeCounts.of(sizes),
                1,
                0,
                2_000_000,
                RangePeaks.UNKNOWN,
                true,
                PathCosts.bare(),
                (allocator, band) -> false);
        RangeParts parts = new RangeParts(input, new BlockCosts(CostModel.shipped()), TestTraits.ALL);
        return parts.options(bands.subList(0, end)).stream()
                .filter(part -> part.allocator().equals("slab"))
                .map(part -> part.parameters().getOrDefault("classes", ""))
                .distinct()
                .toList();
    }

    @Test
    void shouldLeaveTheFewBlocksThatAskForAnAlignmentToAPartBehind() {
        Map<Long, Long> sizes = Map.of(48L, COUNT, 112L, COUNT, 4000L, 10L);
        BandProfile small = BandMaker.band(33, 48, COUNT, COUNT);
        BandProfile rare = BandMaker.aligned(65, 112, COUNT, COUNT / 100, 128);
        BandProfile frequent = BandMaker.aligned(65, 112, COUNT, COUNT / 10, 128);

        assertEquals(List.of("48,112"), slabClasses(sizes, List.of(small, rare, LARGE), 2));
        assertFalse(slabClasses(sizes, List.of(small, frequent, LARGE), 2).contains("48,112"));
        assertFalse(slabClasses(sizes, List.of(small, rare), 2).contains("48,112"), "there is none behind");
    }

    @Test
    void shouldWeighSlabsWhereAlignmentAloneWastesUpToEveryLimit() {
        BandProfile tiny = BandMaker.band(9, 10, COUNT, COUNT);
        Map<Long, Long> neverBetter = Map.of(10L, COUNT, 64L, COUNT, 4000L, 10L);
        assertTrue(slabClasses(neverBetter, List.of(tiny, BandMaker.band(33, 64, COUNT, COUNT), LARGE), 1)
                .contains("16"));

        Map<Long, Long> betterTogether = Map.of(10L, COUNT, 33L, 20 * COUNT, 4000L, 10L);
        List<BandProfile> bands = List.of(tiny, BandMaker.band(33, 33, 20 * COUNT, COUNT), LARGE);
        assertEquals(List.of(), slabClasses(betterTogether, bands, 1));
        assertEquals(List.of("16,48"), slabClasses(betterTogether, bands, 2));
    }

    private static List<String> allocators(BandProfile band) {
        CompositeInput input = new CompositeInput(
                List.of(band),
                SizeCounts.of(Map.of(band.maxByteSize(), band.allocateCount())),
                1,
                0,
                band.peakLiveBytes(),
                RangePeaks.UNKNOWN,
                true,
                PathCosts.bare(),
                (allocator, each) -> false);
        RangeParts parts = new RangeParts(input, new BlockCosts(CostModel.shipped()), TestTraits.ALL);
        return parts.options(List.of(band)).stream()
                .map(RangePart::allocator)
                .distinct()
                .toList();
    }

    @Test
    void shouldOfferNothingThatDoesNotServeTheAlignment() {
        assertEquals(List.of("buddy"), allocators(BandMaker.aligned(65, 112, 1000, 1000, 4 << 20)));
        assertEquals(List.of(), allocators(BandMaker.aligned(65, 112, 1000, 1000, 32 << 20)));
    }

    @Test
    void shouldOfferNothingForBlocksBeyondAllAddressesOfAnAllocator() {
        assertEquals(List.of("segregated"), allocators(BandMaker.band(1L << 30, 16L << 30, 1, 16L << 30)));
        assertEquals(List.of(), allocators(BandMaker.band(1L << 30, (16L << 30) + 1, 1, 32L << 30)));
    }

    @Test
    void shouldMakeTheBlocksOfABuddyAsLargeAsTheAlignment() {
        BandProfile band = BandMaker.aligned(65, 112, 1000, 1000, 4 << 20);
        CompositeInput input = new CompositeInput(
                List.of(band),
                SizeCounts.of(Map.of(112L, 1000L)),
                1,
                0,
                band.peakLiveBytes(),
                RangePeaks.UNKNOWN,
                true,
                PathCosts.bare(),
                (allocator, each) -> false);
        Composition chosen = new CompositeChooser(TestTraits.ALL, CostModel.shipped())
                .choose(input, Objective.BALANCED)
                .chosen();
        assertEquals("buddy", chosen.spec().allocator());
        assertEquals(String.valueOf(4 << 20), chosen.spec().parameters().get("chunkBytes"));
    }
}
