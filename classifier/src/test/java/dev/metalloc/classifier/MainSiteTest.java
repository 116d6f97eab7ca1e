// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a verdict's blocks come from: those of its own sizes. */
class MainSiteTest {

    private static final long SMALL_BYTES = 100;
    private static final long LARGE_BYTES = 20L << 20;

    private static TestProfile smallAndLarge() {
        return new TestProfile(10)
                .at(EntryPoint.UNSAFE)
                .blocks(SMALL_BYTES, 40_000_000, Order.LIFO, 1000, 50)
                .blocks(LARGE_BYTES, 10_000, Order.LIFO, 1000, 5)
                .and();
    }

    private static List<Verdict> verdicts(TestProfile profile) {
        return new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME)
                .classify(profile.build())
                .verdicts();
    }

    /** The verdict's sentence on where its blocks come from, or nothing. */
    private static String site(Verdict verdict) {
        return verdict.reasons().stream()
                .filter(reason -> reason.contains(" come from ") || reason.contains(" comes from "))
                .findFirst()
                .orElse("");
    }

    @Test
    void shouldNameTheSiteOfTheVerdictsOwnSizes() {
        List<Verdict> verdicts = verdicts(smallAndLarge()
                .site(EntryPoint.UNSAFE, "S.small", SMALL_BYTES, 100, 40_000_000)
                .site(EntryPoint.UNSAFE, "S.large", LARGE_BYTES, 100, 10_000));

        assertEquals(2, verdicts.size(), verdicts::toString);
        assertTrue(site(verdicts.get(0)).startsWith("most come from S.small.call:7 "), verdicts::toString);
        assertTrue(site(verdicts.get(1)).startsWith("most come from S.large.call:7 "), verdicts::toString);
    }

    @Test
    void shouldSayNothingWhereNoSiteHadSuchSizes() {
        List<Verdict> verdicts =
                verdicts(smallAndLarge().site(EntryPoint.UNSAFE, "S.small", SMALL_BYTES, 100, 40_000_000));

        assertFalse(site(verdicts.get(0)).isEmpty(), verdicts::toString);
        assertEquals("", site(verdicts.get(1)));
    }

    /** The coarse histogram of a site has 16 MiB, where one verdict ends, and what is a little larger in one cell. */
    @Test
    void shouldTellPowersOfTwoFromWhatIsLarger() {
        long edgeBytes = 16L << 20;
        List<Verdict> verdicts = verdicts(new TestProfile(10)
                .at(EntryPoint.UNSAFE)
                .blocks(edgeBytes, 100_000, Order.LIFO, 1000, 5)
                .blocks(LARGE_BYTES, 10_000, Order.LIFO, 1000, 5)
                .and()
                .site(EntryPoint.UNSAFE, "S.edge", edgeBytes, 100, 100_000)
                .site(EntryPoint.UNSAFE, "S.large", LARGE_BYTES, 100, 10_000));

        assertEquals(2, verdicts.size(), verdicts::toString);
        assertTrue(site(verdicts.get(0)).startsWith("most come from S.edge.call:7 "), verdicts::toString);
        assertTrue(site(verdicts.get(1)).startsWith("most come from S.large.call:7 "), verdicts::toString);
    }

    private static TestProfile tinyAndMedium() {
        return new TestProfile(10)
                .at(EntryPoint.UNSAFE)
                .blocks(8, 40_000, Order.LIFO, 1000, 50)
                .blocks(1000, 1_500, Order.LIFO, 1000, 5)
                .and();
    }

    /** Sampling is by bytes, and the first samples stand for themselves alone: the weights say little of how many blocks there were. */
    @Test
    void shouldCountBlocksByTheExactCountOfTheirBand() {
        List<Verdict> verdicts = verdicts(tinyAndMedium()
                .site(EntryPoint.UNSAFE, "S.tiny", 8, 15, 15)
                .site(EntryPoint.UNSAFE, "S.medium", 1000, 100, 1_485));

        assertEquals(1, verdicts.size(), verdicts::toString);
        assertEquals("most come from S.tiny.call:7 (about 96 % of the blocks)", site(verdicts.get(0)));
    }

    @Test
    void shouldSayTheLargestPartWhereItIsNotMost() {
        List<Verdict> verdicts = verdicts(tinyAndMedium()
                .site(EntryPoint.UNSAFE, "S.a", 8, 40, 40)
                .site(EntryPoint.UNSAFE, "S.b", 8, 30, 30)
                .site(EntryPoint.UNSAFE, "S.c", 8, 30, 30));

        // 40 % of the tiny ones; where the medium ones came from is not known.
        assertEquals("the largest part comes from S.a.call:7 (about 39 %)", site(verdicts.get(0)));
    }

    @Test
    void shouldGiveNoPercentageOfFewSamples() {
        List<Verdict> few = verdicts(tinyAndMedium().site(EntryPoint.UNSAFE, "S.tiny", 8, 9, 9));
        List<Verdict> enough = verdicts(tinyAndMedium().site(EntryPoint.UNSAFE, "S.tiny", 8, 10, 10));

        assertEquals("most seem to come from S.tiny.call:7 (9 samples)", site(few.get(0)));
        assertEquals("most come from S.tiny.call:7 (about 96 % of the blocks)", site(enough.get(0)));
    }
}
