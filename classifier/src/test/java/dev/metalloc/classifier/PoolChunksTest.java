// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.EntryPoint;
import org.junit.jupiter.api.Test;

/** What a library's pool asks for is left to the JDK: a pool of ours below it would keep the same memory twice. */
class PoolChunksTest {

    private static final long CHUNK_BYTES = 128 << 10;
    private static final long CHUNKS = 400_000;

    private static TestProfile chunks() {
        return new TestProfile(2)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(CHUNK_BYTES, CHUNKS, Order.LIFO, 1000, 50)
                .and();
    }

    private static Verdict direct(TestProfile profile) {
        return new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME)
                .classify(profile.build()).verdicts().stream()
                        .filter(verdict -> verdict.entryPoint() == EntryPoint.DIRECT_BUFFER)
                        .findFirst()
                        .orElseThrow();
    }

    private static TestProfile with(TestProfile profile, EntryPoint library, long buffers) {
        return profile.at(library).blocks(256, buffers, Order.LIFO, 1000, 50).and();
    }

    @Test
    void shouldLeaveTheChunksOfALibrarysPool() {
        for (EntryPoint library : new EntryPoint[] {EntryPoint.NETTY, EntryPoint.ARROW}) {
            Verdict verdict = direct(with(chunks(), library, 20 * CHUNKS));
            assertTrue(verdict.isLeave(), verdict::toString);
            assertTrue(
                    verdict.reasons().get(0).contains("a pool below a pool would keep memory twice"),
                    verdict::toString);
        }
    }

    @Test
    void shouldServeLargeBlocksThatNoPoolAskedFor() {
        assertFalse(direct(chunks()).isLeave());
        assertFalse(direct(with(chunks(), EntryPoint.NETTY, 20 * CHUNKS - 1)).isLeave());
    }

    @Test
    void shouldServeALibraryThatAsksForEachBuffer() {
        TestProfile unpooled = new TestProfile(2)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(1 << 10, 20 * CHUNKS, Order.LIFO, 1000, 50)
                .and();
        assertFalse(direct(with(unpooled, EntryPoint.NETTY, 20 * CHUNKS)).isLeave());
    }
}
