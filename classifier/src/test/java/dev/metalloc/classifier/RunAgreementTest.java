// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A profile of runs that alone would get different verdicts is less sure, and says so. */
class RunAgreementTest {

    private static final Profile BUSY = run(64, 30_000_000);
    // A tenth of a percent of its run: left alone, though as long and with as many blocks as count.
    private static final Profile QUIET = run(64, 300_000);

    private static Profile run(long byteSize, long count) {
        return new TestProfile(20)
                .at(EntryPoint.UNSAFE)
                .blocks(byteSize, count, Order.LIFO, 1000, 50)
                .build();
    }

    private static Recommendation classify(Profile... runs) {
        return new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME)
                .classify(
                        Profiles.merge(List.of(runs)),
                        Arrays.stream(runs).map(run -> new CountedRun(run, 1)).toList());
    }

    private static Verdict only(Recommendation recommendation) {
        assertEquals(1, recommendation.verdicts().size());
        return recommendation.verdicts().get(0);
    }

    @Test
    void shouldKeepItsConfidenceWhereRunsAgree() {
        Recommendation alone = new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME)
                .classify(Profiles.merge(List.of(BUSY, BUSY, BUSY)));

        assertEquals(alone, classify(BUSY, BUSY, BUSY));
        assertTrue(only(alone).confidence() > 0.8);
    }

    @Test
    void shouldBeLessSureWhereRunsDisagree() {
        Profile other = run(1 << 20, 30_000_000);
        Verdict agreed = only(classify(BUSY, BUSY));
        Recommendation mixed = classify(BUSY, other, QUIET);

        assertEquals("leave", only(classify(QUIET)).allocator());
        Verdict slab = mixed.verdicts().get(0);
        assertEquals("slab", slab.allocator());
        // The quiet run made one in a hundred of these blocks: that is no disagreement.
        assertTrue(slab.reasons().stream().noneMatch(reason -> reason.contains("disagree")), slab::toString);
        assertEquals(agreed.allocator(), slab.allocator());
    }

    @Test
    void shouldSayHowManyDisagree() {
        // Together they save enough of the time; alone the slower one would not.
        Profile slow = new TestProfile(2000)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 30_000_000, Order.LIFO, 1000, 50)
                .build();
        Profile fast = new TestProfile(1)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 60_000_000, Order.LIFO, 1000, 50)
                .build();
        Profile faster = new TestProfile(1)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 4_000_000_000L, Order.LIFO, 1000, 50)
                .build();

        Verdict sure = only(classify(fast, fast));
        Verdict unsure = only(classify(slow, fast));
        Verdict nearlySure = only(classify(slow, faster));

        assertEquals("leave", unsure.allocator());
        assertTrue(unsure.confidence() < sure.confidence() / 2, unsure::toString);
        assertTrue(
                unsure.reasons().toString().contains("the runs disagree: 1 of 2 alone would get another answer (slab)"),
                unsure::toString);
        assertEquals("slab", nearlySure.allocator());
        assertTrue(nearlySure.reasons().stream().noneMatch(reason -> reason.contains("disagree")));
    }

    @Test
    void shouldAskRunsForAsMuchAsTheyCount() {
        Profile slow = new TestProfile(2000)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 30_000_000, Order.LIFO, 1000, 50)
                .build();
        Profile fast = new TestProfile(1)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 60_000_000, Order.LIFO, 1000, 50)
                .build();
        List<Profile> eightToOne = new ArrayList<>(Collections.nCopies(8, slow));
        eightToOne.add(fast);

        Recommendation recommendation = new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME)
                .classify(Profiles.merge(eightToOne), List.of(new CountedRun(slow, 8), new CountedRun(fast, 1)));

        Verdict verdict = only(recommendation);
        assertEquals("leave", verdict.allocator());
        // 60 of 8 * 30 + 60 millions; 60 of 90 where each counts once.
        assertTrue(
                verdict.reasons()
                        .toString()
                        .contains("the runs disagree: 1 of 2 alone would get another answer (slab), and made 20"),
                verdict::toString);
        assertTrue(verdict.confidence() > 1.5 * only(classify(slow, fast)).confidence(), verdict::toString);
        assertEquals(2, recommendation.runCount());
        assertTrue(
                recommendation.notes().toString().contains("some runs count 8 times, others 1"),
                recommendation.notes()::toString);
        assertTrue(classify(slow, fast).notes().isEmpty());
    }

    private static Profile ofSite(long seconds, long count, long ofSite) {
        return new TestProfile(seconds)
                .at(EntryPoint.UNSAFE)
                .blocks(64, count, Order.LIFO, 1000, 50)
                .and()
                .site(EntryPoint.UNSAFE, "com.example.Index", 64, ofSite, 1L << 32, ofSite, 0)
                .build();
    }

    private static Verdict ofSite(Recommendation recommendation) {
        return recommendation.verdicts().stream()
                .filter(verdict -> verdict.siteHash() != 0)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldAskTheRunsAboutSitesToo() {
        Profile fast = ofSite(20, 210_000_000, 30_000_000);
        Profile slow = ofSite(200, 40_000_000, 20_000_000);
        assertEquals("leave", only(classify(slow)).allocator());

        Verdict sure = ofSite(classify(fast, fast));
        Verdict unsure = ofSite(classify(fast, slow));

        assertEquals("slab", sure.allocator());
        assertEquals("slab", unsure.allocator());
        assertTrue(sure.reasons().stream().noneMatch(reason -> reason.contains("disagree")), sure::toString);
        assertTrue(
                unsure.reasons()
                        .toString()
                        .contains("the runs disagree: 1 of 2 alone would get another answer (leave)"),
                unsure::toString);
        assertTrue(unsure.confidence() < sure.confidence(), unsure::toString);
    }
}
