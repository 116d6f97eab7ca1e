// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.classifier.report.RecommendationText;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.LifetimeBuckets;
import dev.metalloc.profiler.api.SiteBehaviour;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sites whose blocks are unlike their application's get verdicts of their own. */
class SiteVerdictsTest {

    private static final long COUNT = 40_000_000;
    private static final long LIFETIME_NANOS = 1000;

    private static TestProfile busy(long seconds) {
        return new TestProfile(seconds)
                .at(EntryPoint.UNSAFE)
                .blocks(64, COUNT, Order.LIFO, LIFETIME_NANOS, 50)
                .and();
    }

    private static Recommendation classify(TestProfile profile) {
        return new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME).classify(profile.build());
    }

    private static List<Verdict> ofSites(Recommendation recommendation) {
        return recommendation.verdicts().stream()
                .filter(verdict -> verdict.siteHash() != 0)
                .toList();
    }

    @Test
    void shouldKeepApartWhatLivesLonger() {
        Recommendation it =
                classify(busy(20).site(EntryPoint.UNSAFE, "com.example.Index", 64, COUNT / 4, 1L << 32, COUNT / 4, 0));

        Verdict site = ofSites(it).get(0);
        assertEquals(1, ofSites(it).size(), it::toString);
        assertEquals("com.example.Index".hashCode(), site.siteHash());
        assertEquals("slab", site.allocator());
        assertTrue(site.reasons().get(0).contains("times longer than the application's"), site::toString);
        assertFalse(site.runnerUp().isEmpty(), site::toString);
        assertTrue(RecommendationText.write(it).contains("UNSAFE from com.example.Index.call:7: slab"));
    }

    @Test
    void shouldSayInWhichOrderAndWhenASitesBlocksAreFreed() {
        long count = COUNT / 4;
        SiteBehaviour queue = new SiteBehaviour(
                0, count, 0, 0, 0, 0, 0, 0, 0, LifetimeBuckets.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, count));
        Recommendation it =
                classify(busy(20).site(EntryPoint.UNSAFE, "com.example.Queue", 64, count, 1L << 32, count, 0, queue));

        Verdict site = ofSites(it).get(0);
        String sentence = "100 % of its frees come oldest first; half of its freed blocks lived less than about 101 ms";
        assertEquals("slab", site.allocator());
        assertEquals(sentence, site.reasons().getLast(), site::toString);
        assertTrue(
                RecommendationText.write(it)
                        .contains("  UNSAFE from com.example.Queue.call:7: about 10,000,000 blocks, 610 MiB\n     "
                                + sentence),
                it::toString);
    }

    @Test
    void shouldTellOtherFreersAndWhatStays() {
        Recommendation remote =
                classify(busy(20).site(EntryPoint.UNSAFE, "com.example.Queue", 64, COUNT / 4, 1, COUNT / 4, COUNT / 4));
        Recommendation staying =
                classify(busy(20).site(EntryPoint.UNSAFE, "com.example.Leak", 64, COUNT / 4, 1, 1000, 0));

        assertTrue(
                ofSites(remote).get(0).reasons().get(0).startsWith("100 % of its blocks are freed by another thread"),
                remote::toString);
        assertTrue(ofSites(staying).get(0).reasons().get(0).contains("of its blocks are freed, "), staying::toString);
    }

    /** A call is known by the method that makes it: nothing can be said where that one's callers differ. */
    @Test
    void shouldSayNothingOfOneCallerOfAMethod() {
        Recommendation it =
                classify(busy(20).site(EntryPoint.UNSAFE, "com.example.Index", 64, COUNT / 4, 1L << 32, COUNT / 4, 0)
                        .site(EntryPoint.UNSAFE, "com.example.Index", 64, COUNT / 4, 1, COUNT / 4, 0));

        assertEquals(List.of(), ofSites(it));
    }

    @Test
    void shouldSayNothingOfSitesThatAreAlikeOrRareOrLeft() {
        TestProfile alike = busy(20).site(EntryPoint.UNSAFE, "com.example.Same", 64, COUNT / 4, 1, COUNT / 4, 0);
        TestProfile rare =
                busy(20).site(EntryPoint.UNSAFE, "com.example.Rare", 64, COUNT / 20, 1L << 32, COUNT / 20, 0);
        TestProfile left =
                busy(20_000).site(EntryPoint.UNSAFE, "com.example.Slow", 64, COUNT / 4, 1L << 32, COUNT / 4, 0);

        assertFalse(classify(left).changesAnything());
        for (TestProfile profile : List.of(alike, rare, left)) {
            assertEquals(List.of(), ofSites(classify(profile)));
        }
    }

    @Test
    void shouldLeaveASiteWhoseGainIsNotClear() {
        Recommendation it = classify(new TestProfile(20)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(64, COUNT, Order.LIFO, LIFETIME_NANOS, 50)
                .blocks(1024, COUNT, Order.LIFO, LIFETIME_NANOS, 50)
                .and()
                .site(EntryPoint.DIRECT_BUFFER, "com.example.Index", 64, COUNT / 2, 1L << 32, COUNT / 2, 0));

        assertTrue(it.changesAnything());
        Verdict site = ofSites(it).get(0);
        assertTrue(site.isLeave(), site::toString);
        assertTrue(site.reasons().get(0).contains("times longer than the application's"), site::toString);
        assertTrue(site.reasons().get(1).contains("no more than the figures may be off"), site::toString);
        assertEquals(site.expected().nanosPerEventBefore(), site.expected().nanosPerEventAfter());
    }

    @Test
    void shouldLeaveASiteOfAPoolsChunks() {
        long chunks = 400_000;
        TestProfile pooled = new TestProfile(2)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(1024, 1_000_000, Order.LIFO, LIFETIME_NANOS, 50)
                .blocks(128 << 10, chunks, Order.LIFO, LIFETIME_NANOS, 50)
                .and()
                .site(EntryPoint.DIRECT_BUFFER, "com.example.Pool", 128 << 10, chunks / 2, 1L << 40, chunks / 2, 0);
        assertFalse(ofSites(classify(pooled)).get(0).isLeave());

        Recommendation it = classify(pooled.at(EntryPoint.NETTY)
                .blocks(256, 20 * chunks, Order.LIFO, LIFETIME_NANOS, 50)
                .and());
        Verdict site = ofSites(it).get(0);
        assertTrue(it.changesAnything(), it::toString);
        assertTrue(site.isLeave(), site::toString);
        assertTrue(site.reasons().get(1).contains("a pool below a pool"), site::toString);
    }
}
