// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
        return verdict(profile, EntryPoint.DIRECT_BUFFER);
    }

    private static Verdict verdict(TestProfile profile, EntryPoint entryPoint) {
        return new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME)
                .classify(profile.build()).verdicts().stream()
                        .filter(verdict -> verdict.entryPoint() == entryPoint)
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

    /** Few large buffers beside many small ones are no chunks where each buffer is a block of its own. */
    @Test
    void shouldServeTheLargeBuffersOfALibraryThatDoesNotPool() {
        TestProfile unpooled = new TestProfile(2)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(20L << 20, 1_000, Order.LIFO, 1000, 5)
                .blocks(1 << 10, 20_000, Order.LIFO, 1000, 50)
                .and()
                .at(EntryPoint.ARROW)
                .blocks(20L << 20, 999, Order.LIFO, 1000, 5)
                .blocks(1 << 10, 20_000, Order.LIFO, 1000, 50)
                .and();
        Recommendation it =
                new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME).classify(unpooled.build());

        assertEquals(3, it.verdicts().size(), it::toString);
        for (Verdict verdict : it.verdicts().subList(0, 2)) {
            assertEquals(EntryPoint.DIRECT_BUFFER, verdict.entryPoint());
            assertTrue(
                    verdict.reasons()
                            .contains(
                                    "Arrow pools nothing here: it asks for each of its 20,999 buffers itself, and these are ordinary blocks"),
                    verdict::toString);
            assertFalse(verdict.reasons().toString().contains("own pool"), verdict::toString);
        }
        assertEquals(
                "the library asks for memory for each of its 20,999 buffers itself, through DIRECT_BUFFER: what is said of that holds for them",
                it.verdicts().get(2).reasons().get(0));
    }

    @Test
    void shouldGiveAnAllocatorToLargeBuffersOfALibraryThatDoesNotPool() {
        TestProfile unpooled = chunks().at(EntryPoint.DIRECT_BUFFER)
                .blocks(1 << 10, 20 * CHUNKS, Order.LIFO, 1000, 50)
                .and()
                .at(EntryPoint.NETTY)
                .blocks(CHUNK_BYTES, CHUNKS, Order.LIFO, 1000, 50)
                .blocks(1 << 10, 20 * CHUNKS, Order.LIFO, 1000, 50)
                .and();

        Recommendation it =
                new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME).classify(unpooled.build());

        assertTrue(
                it.verdicts().stream()
                        .filter(verdict -> verdict.entryPoint() == EntryPoint.DIRECT_BUFFER)
                        .noneMatch(Verdict::isLeave),
                it::toString);
    }

    @Test
    void shouldSayThatALibraryPoolsWhereOtherBlocksAreAsManyByChance() {
        TestProfile pooled = with(chunks(), EntryPoint.NETTY, 20 * CHUNKS)
                .at(EntryPoint.UNSAFE)
                .blocks(16, 20 * CHUNKS, Order.LIFO, 1000, 50)
                .and();

        assertTrue(direct(pooled).isLeave());
        assertTrue(
                verdict(pooled, EntryPoint.NETTY).reasons().get(0).contains("pools its buffers itself"),
                pooled.build()::toString);
    }
}
