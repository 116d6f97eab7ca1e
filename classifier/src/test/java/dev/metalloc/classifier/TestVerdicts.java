// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.Profile;

/** What the shipped costs and the usual candidates make of a profile. */
final class TestVerdicts {

    private TestVerdicts() {}

    static Recommendation classify(Profile profile) {
        return new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME).classify(profile);
    }

    static Verdict only(Recommendation recommendation) {
        assertEquals(1, recommendation.verdicts().size(), recommendation.verdicts()::toString);
        return recommendation.verdicts().get(0);
    }

    static void assertLeft(Recommendation recommendation, String reason) {
        Verdict verdict = only(recommendation);
        assertEquals("leave", verdict.allocator(), verdict::toString);
        assertTrue(verdict.reasons().get(0).contains(reason), verdict::toString);
        assertEquals(
                verdict.expected().nanosPerEventBefore(), verdict.expected().nanosPerEventAfter());
    }
}
