// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.features.SizeCounts;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class QuickListSizesTest {

    @Test
    void shouldServeWhatIsAskedForMostExactly() {
        QuickListSizes sizes = QuickListSizes.of(SizeCounts.of(Map.of(24L, 10L, 1040L, 100L, 30_000L, 5L)));

        assertEquals("1040,30000", sizes.parameter());
        assertEquals(32, sizes.blockBytes(24));
        assertEquals(1040, sizes.blockBytes(1040));
        assertEquals(30_000, sizes.blockBytes(29_990));
        assertEquals(32_768, sizes.blockBytes(30_001));
    }

    @Test
    void shouldWasteAQuarterAtMostOnSizesNeverSeen() {
        QuickListSizes sizes = QuickListSizes.of(SizeCounts.of(Map.of(1040L, 1L)));

        for (long byteSize = 1; byteSize <= QuickListSizes.LARGEST_BYTES; byteSize++) {
            long granules = PeakBytes.granules(byteSize);
            long block = sizes.blockBytes(byteSize);
            assertTrue(block >= byteSize && block - granules <= granules / 4, "size " + byteSize);
        }
    }

    @Test
    void shouldTakeNoMoreSizesThanTheAllocatorNumbers() {
        Map<Long, Long> counts = new TreeMap<>();
        for (long byteSize = 2064; byteSize < 9000; byteSize += 16) {
            counts.put(byteSize, byteSize);
        }

        assertEquals(51, QuickListSizes.of(SizeCounts.of(counts)).ownByteSizes().size());
    }

    @Test
    void shouldKeepLargeBlocksOfSizesAskedForOften() {
        QuickListSizes sizes = QuickListSizes.of(SizeCounts.of(
                Map.of(100L, 900L, 168_000L, 60L, 160_000L, 30L, 120_000L, 9L, 700_000L, 1L, 3_000_000L, 500L)));

        assertEquals("120000,168000", sizes.parameter());
        assertEquals(168_000, sizes.blockBytes(168_000));
        assertEquals(168_000, sizes.blockBytes(160_000));
        assertEquals(140_000, sizes.blockBytes(140_000), "would waste more than an eighth");
        assertEquals(3_000_000, sizes.blockBytes(3_000_000));
        assertEquals(0.9, sizes.keptRatio(SizeCounts.of(Map.of(160_000L, 9L, 200_000L, 1L))), 1e-9);
        assertEquals(1, sizes.keptRatio(SizeCounts.of(Map.of(64L, 1L, 168_000L, 1L))), 0);
    }
}
