// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.features.SizeCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SlabClassesTest {

    @Test
    void shouldWasteNoMoreThanAnyOtherClasses() {
        Random random = new Random(42);
        for (int round = 0; round < 300; round++) {
            SizeCounts sizes = randomSizes(random);
            int classes = 1 + random.nextInt(5);

            SlabClasses made = SlabClasses.leastWaste(sizes, classes);

            assertTrue(made.byteSizes().size() <= classes);
            assertEquals(waste(sizes, made.byteSizes()), made.wasteBytes(), 1e-6);
            assertEquals(bruteForce(sizes, classes), made.wasteBytes(), 1e-6, "round " + round);
        }
    }

    @Test
    void shouldMakeRisingMultiplesOf16ThatServeAllSizes() {
        Random random = new Random(7);
        for (int round = 0; round < 100; round++) {
            SizeCounts sizes = randomSizes(random);

            SlabClasses made = SlabClasses.leastMemory(sizes, 16, 0.1, random.nextInt(8192));

            long before = 0;
            for (long byteSize : made.byteSizes()) {
                assertTrue(byteSize > before && byteSize % 16 == 0);
                before = byteSize;
            }
            assertTrue(made.largestByteSize() >= sizes.byteSize(sizes.size() - 1));
        }
    }

    @Test
    void shouldWasteAtMostHalfOfWhatPowersOfTwoWaste() {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            SizeCounts sizes = randomSizes(random);

            // However little memory is live, and however much a class costs.
            SlabClasses made = SlabClasses.leastMemory(sizes, 16, 1e-6, 1e6);

            double least =
                    SlabClasses.leastWaste(sizes, SlabClasses.MAX_CLASSES).wasteBytes();
            assertEquals(
                    waste(sizes, List.of(16L, 32L, 64L, 128L, 256L, 512L)), SlabClasses.powerOfTwoWaste(sizes), 1e-6);
            assertTrue(made.wasteBytes() <= Math.max(least, SlabClasses.powerOfTwoWaste(sizes) / 2), "round " + round);
        }
    }

    @Test
    void shouldWasteNoMoreThanAsManyClassesOfJemallocsSpacing() {
        Random random = new Random(13);
        for (int round = 0; round < 100; round++) {
            Map<Long, Long> counts = new TreeMap<>();
            for (int i = 0; i < 200; i++) {
                // Most sizes small, a few of some kilobytes, as programs ask for them.
                counts.merge((long) Math.exp(random.nextDouble() * Math.log(8192)), 1L + random.nextInt(50), Long::sum);
            }
            SizeCounts sizes = SizeCounts.of(counts);
            List<Long> spaced = fourForEachDoubling(sizes);

            SlabClasses made = SlabClasses.leastWaste(sizes, spaced.size());

            assertTrue(made.wasteBytes() <= waste(sizes, spaced), "round " + round);
            assertTrue(made.wasteBytes() <= SlabClasses.powerOfTwoWaste(sizes) / 2, "round " + round);
        }
    }

    /** 16, 32 … 128, 160, 192, 224, 256, 320 …: those of jemalloc's classes that some size needs. */
    private static List<Long> fourForEachDoubling(SizeCounts sizes) {
        List<Long> classes = new ArrayList<>();
        long step = 16;
        long before = 0;
        for (long byteSize = 16; before < sizes.byteSize(sizes.size() - 1); byteSize += step) {
            if (sizes.within(before + 1, byteSize).size() > 0) {
                classes.add(byteSize);
            }
            before = byteSize;
            step = byteSize >= 128 && Long.bitCount(byteSize) == 1 ? byteSize / 4 : step;
        }
        return classes;
    }

    @Test
    void shouldSpareClassesThatSaveLessThanTheyHold() {
        SizeCounts sizes = SizeCounts.of(Map.of(48L, 1_000_000L, 64L, 1L));

        assertEquals("48,64", SlabClasses.leastMemory(sizes, 16, 1, 8192).parameter());
        assertEquals(
                "48",
                SlabClasses.leastMemory(SizeCounts.of(Map.of(24L, 10L, 48L, 1_000_000L)), 16, 1, 8192)
                        .parameter());
        assertEquals(
                "4096",
                SlabClasses.leastMemory(SizeCounts.of(Map.of(100L, 5L)), 4096, 1, 0)
                        .parameter());
        assertThrows(IllegalArgumentException.class, () -> SlabClasses.leastMemory(SizeCounts.of(Map.of()), 16, 1, 0));
    }

    private static SizeCounts randomSizes(Random random) {
        Map<Long, Long> counts = new TreeMap<>();
        int distinct = 1 + random.nextInt(9);
        for (int i = 0; i < distinct; i++) {
            counts.put((long) random.nextInt(300), 1L + random.nextInt(1000));
        }
        return SizeCounts.of(counts);
    }

    /** Least waste over every choice of at most {@code classes} multiples of 16. */
    private static double bruteForce(SizeCounts sizes, int classes) {
        SizeCounts rounded = sizes.roundedUp(16);
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < rounded.size(); i++) {
            all.add(rounded.byteSize(i));
        }
        double least = Double.POSITIVE_INFINITY;
        long largest = all.get(all.size() - 1);
        for (int subset = 0; subset < 1 << all.size(); subset++) {
            List<Long> chosen = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                if ((subset >> i & 1) != 0) {
                    chosen.add(all.get(i));
                }
            }
            if (chosen.size() <= classes && chosen.contains(largest)) {
                least = Math.min(least, waste(sizes, chosen));
            }
        }
        return least;
    }

    private static double waste(SizeCounts sizes, List<Long> classes) {
        double waste = 0;
        for (int i = 0; i < sizes.size(); i++) {
            long byteSize = sizes.byteSize(i);
            long serving = classes.stream()
                    .filter(c -> c >= byteSize)
                    .min(Long::compare)
                    .orElseThrow();
            waste += (double) (serving - byteSize) * sizes.count(i);
        }
        return waste;
    }
}
