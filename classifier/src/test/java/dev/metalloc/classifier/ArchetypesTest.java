// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static dev.metalloc.classifier.TestVerdicts.assertLeft;
import static dev.metalloc.classifier.TestVerdicts.classify;
import static dev.metalloc.classifier.TestVerdicts.only;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is said of programs of known behaviour, beyond which allocator they get. */
class ArchetypesTest {

    private static final long MICROS = 1_000;

    @Test
    void arenaPerCall_getsFrames() {
        Recommendation it = classify(Archetypes.arenaPerCall());

        assertRaised(
                it, Flag.BULK_FREE, Flag.FIXED_SIZE, Flag.FEW_SIZES, Flag.SMALL, Flag.SINGLE_THREAD, Flag.ZERO_NEEDED);
        Verdict verdict = only(it);
        assertEquals("bump", verdict.allocator());
        assertEquals("65536", verdict.parameters().get("frameBytes"));
        assertEquals(0, verdict.minByteSize());
        assertEquals(64 << 10, verdict.maxByteSize());
        assertTrue(verdict.expected().nanosPerEventAfter() < verdict.expected().nanosPerEventBefore() / 2);
        assertTrue(verdict.confidence() > 0.9, "confidence " + verdict.confidence());
        assertTrue(verdict.reasons()
                .get(0)
                .startsWith("1,900,000 allocations/s of 100 B: the JDK path costs about 33 ns"));
        assertTrue(verdict.reasons().toString().contains("com.example.Hash.call:7 (about 90 %"));
    }

    @Test
    void offHeapCache_getsSlabWithClassesOfItsSizes() {
        Recommendation it = classify(Archetypes.offHeapCache());

        assertRaised(it, Flag.RANDOM_FREE, Flag.LONG_LIVED, Flag.MANY_SIZES, Flag.REMOTE_FREE, Flag.MANY_THREADS);
        Verdict verdict = only(it);
        assertEquals("slab", verdict.allocator());
        long[] classes = Arrays.stream(
                        verdict.parameters().getOrDefault("classes", "").split(",", -1))
                .mapToLong(Long::parseLong)
                .toArray();
        assertTrue(classes.length <= 24 && classes.length > 4, Arrays.toString(classes));
        assertEquals(672, classes[classes.length - 1]);
        assertEquals(672, verdict.maxByteSize());
        assertTrue(
                verdict.runnerUp().contains("buddy") || verdict.runnerUp().contains("segregated"), verdict.runnerUp());
    }

    @Test
    void directBuffersLastInFirstOut_getSlab() {
        Recommendation it = classify(Archetypes.directBuffersLastInFirstOut());

        assertRaised(it, Flag.LIFO_FREE, Flag.FIXED_SIZE, Flag.POWER_OF_TWO, Flag.SHORT_LIVED, Flag.MEDIUM);
        Verdict verdict = only(it);
        assertEquals("slab", verdict.allocator());
        assertEquals("4096", verdict.parameters().get("classes"));
        assertEquals(4096, verdict.maxByteSize());
    }

    @Test
    void producerConsumer_getsSlab() {
        Recommendation it = classify(Archetypes.producerConsumer());

        assertRaised(it, Flag.PRODUCER_CONSUMER, Flag.REMOTE_FREE, Flag.FIFO_FREE);
        assertEquals("slab", only(it).allocator());
    }

    @Test
    void idle_isLeft() {
        Recommendation it = classify(Archetypes.idle());

        assertRaised(it, Flag.LOW_RATE, Flag.FEW_FREES);
        assertLeft(it, "5 allocations/s are too few");
        assertFalse(it.changesAnything());
    }

    @Test
    void smallGain_isLeftWithFigures() {
        assertLeft(
                classify(Archetypes.slowTrickle()),
                "86,000 allocations/s of 100 B: the JDK path costs about 32 ns a pair, slab about 10 ns: 0.19 % of the run,"
                        + " less than the 2.0 % a change must save");
    }

    @Test
    void fewEvents_areLeft() {
        assertLeft(classify(Archetypes.fewEvents()), "only 999 seen, too few to choose by");
    }

    @Test
    void neverDispatchedEntryPoints_areLeft() {
        for (EntryPoint entryPoint : EnumSet.of(
                EntryPoint.ARENA_AUTO,
                EntryPoint.ARENA_GLOBAL,
                EntryPoint.MAPPED_FILE,
                EntryPoint.NETTY,
                EntryPoint.ARROW)) {
            Recommendation it = classify(new TestProfile(10)
                    .at(entryPoint)
                    .blocks(4096, 50_000_000, Order.BULK, MICROS, 10)
                    .build());
            assertLeft(it, "");
            assertFalse(only(it).reasons().isEmpty(), entryPoint.name());
        }
    }

    /** Huge, and of no concern to any allocator. */
    @Test
    void mappedFiles_sayNothingOfTheProgram() {
        Profile without = new TestProfile(10)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 50_000_000, Order.LIFO, MICROS, 10)
                .build();
        Profile with = new TestProfile(10)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 50_000_000, Order.LIFO, MICROS, 10)
                .and()
                .at(EntryPoint.MAPPED_FILE)
                .blocks(1 << 30, 5_000, Order.BULK, 1_000 * MICROS, 10)
                .build();

        assertEquals(classify(without).flags(), classify(with).flags());
    }

    @Test
    void fewHuge_areLeft() {
        Recommendation it = classify(Archetypes.fewHuge());

        assertRaised(it, Flag.HUGE);
        assertLeft(it, "beyond every allocator");
    }

    @Test
    void growing_isSeenAndServed() {
        Recommendation it = classify(Archetypes.growing());

        assertRaised(it, Flag.GROWING, Flag.POWER_OF_TWO);
        assertEquals("slab", only(it).allocator());
        assertEquals(
                "64,128,256,512,1024,2048,4096,8192,16384",
                only(it).parameters().get("classes"));
    }

    @Test
    void remoteFrees_getSlab() {
        Recommendation it = classify(Archetypes.remoteFrees());

        assertRaised(it, Flag.REMOTE_FREE, Flag.RANDOM_FREE);
        assertNotRaised(it, Flag.PRODUCER_CONSUMER, Flag.SINGLE_THREAD);
        assertEquals("slab", only(it).allocator());
    }

    @Test
    void largeArenaBlocks_getAnAllocatorOfTheirOwn() {
        Recommendation it = classify(Archetypes.largeArenaBlocks());

        assertEquals(2, it.verdicts().size());
        assertEquals("bump", it.verdicts().get(0).allocator());
        assertEquals("65536", it.verdicts().get(0).parameters().get("frameBytes"));
        assertTrue(Set.of("buddy", "segregated").contains(it.verdicts().get(1).allocator()));
        assertTrue(it.verdicts().get(1).expected().nanosPerEventBefore() > 10_000);
    }

    @Test
    void sharedArenas_areToldOfTheHandshake() {
        Recommendation it = classify(Archetypes.sharedArenaPerCall());

        assertTrue(Set.of("buddy", "segregated").contains(only(it).allocator()), it.toString());
        assertTrue(only(it).reasons().toString().contains("22 µs for the handshake"), it.toString());
        assertTrue(only(it).reasons().toString().contains("once for many arenas"), it.toString());
        assertTrue(only(it).expected().nanosPerEventAfter() < 500, it.toString());
    }

    @Test
    void sharedArenasOfVirtualThreads_keepTheHandshake() {
        Recommendation it = classify(Archetypes.sharedArenaPerVirtualThread());

        assertTrue(only(it).reasons().toString().contains("which stays where virtual threads run"), it.toString());
        assertTrue(only(it).expected().nanosPerEventAfter() > 10_000, it.toString());
    }

    /** What native code frees must be the C library's: anything else ends the application. */
    @Test
    void nativeFrees_areLeft() {
        assertLeft(classify(Archetypes.nativeFrees()), "native code frees or resizes blocks of it (seen 3 times");
    }

    @Test
    void unknownFrees_areLeft() {
        assertLeft(
                classify(Archetypes.unknownFrees()), "1.6 % of the frees are of blocks whose allocation was not seen");
    }

    @Test
    void neighboursWithOneAnswer_shareAVerdictAndItsClasses() {
        Recommendation it = classify(Archetypes.twoBehaviours());

        assertEquals(3, it.verdicts().size(), it.verdicts()::toString);
        assertEquals("slab", it.verdicts().get(0).allocator());
        assertEquals("64,16000", it.verdicts().get(0).parameters().get("classes"));
        assertTrue(Set.of("buddy", "segregated").contains(it.verdicts().get(1).allocator()));
        assertEquals("leave", it.verdicts().get(2).allocator());
    }

    @Test
    void arenasOfMixedLifetimes_getFramesAllTheSame() {
        Recommendation it = classify(Archetypes.arenasOfMixedLifetimes());

        assertRaised(it, Flag.MIXED_LIVED);
        assertEquals("bump", only(it).allocator());
    }

    @Test
    void allocator_thatMustNotGetWhatTheProgramDoes_isPassedOver() {
        AllocatorTraits shy = new AllocatorTraits(
                "slab", 1, 32 << 10, 4096, Set.of(), Set.of(Flag.REMOTE_FREE), 0, 0, true, true, ThreadModel.LOCKED);

        Recommendation it =
                new Classifier(List.of(shy), CostModel.shipped(), Objective.TIME).classify(Archetypes.remoteFrees());

        assertLeft(it, "slab: not for REMOTE_FREE (50 % of the frees by another thread)");
    }

    @Test
    void frames_coverNestedArenas() {
        // 3 arenas of 100,000 bytes, each of 100 blocks with up to 16 bytes of rounding.
        assertEquals(
                "524288", only(classify(Archetypes.nestedArenas())).parameters().get("frameBytes"));
    }

    @Test
    void arenasOutOfOrder_areLeft() {
        assertLeft(classify(Archetypes.outOfOrderArenas()), "35 % of the arenas outlive one opened later");
    }

    /** 200 open at once, a page of each, and a frame for each of two carriers. */
    @Test
    void framesOfVirtualThreads_coverOneArenaEach() {
        Verdict it = only(classify(Archetypes.virtualThreadArenas()));
        assertEquals("65536", it.parameters().get("frameBytes"));
        assertEquals(200 * 4096 + 65_536, it.expected().peakBytesAfter());
    }

    @Test
    void virtualThreads_areSeen() {
        assertRaised(classify(Archetypes.virtualThreads()), Flag.VIRTUAL_THREADS, Flag.THREAD_CHURN);
    }

    @Test
    void newerJdk_keepsItsOwnPoolOfSmallConfinedBlocks() {
        Recommendation it = classify(Archetypes.pooledByJdk());

        assertLeft(it, "the JDK path costs");
        assertTrue(only(it).reasons().toString().contains("this JDK pools"));
    }

    @Test
    void noCandidates_leaveEverything() {
        Recommendation it =
                new Classifier(List.of(), CostModel.shipped(), Objective.TIME).classify(Archetypes.offHeapCache());

        assertLeft(it, "no allocator fits");
    }

    @Test
    void emptyProfile_hasNoVerdicts() {
        Recommendation it = classify(new TestProfile(10).build());

        assertTrue(it.verdicts().isEmpty());
    }

    @Test
    void verdictsAreDisjointAndCoverWhatWasSeen() {
        for (Profile profile : profiles()) {
            List<Verdict> verdicts = classify(profile).verdicts();
            for (Verdict a : verdicts) {
                assertTrue(a.minByteSize() <= a.maxByteSize(), a::toString);
                assertTrue(a.confidence() >= 0 && a.confidence() <= 1, a::toString);
                assertFalse(a.reasons().isEmpty(), a::toString);
                for (Verdict b : verdicts) {
                    assertTrue(
                            a.equals(b)
                                    || a.entryPoint() != b.entryPoint()
                                    || a.maxByteSize() < b.minByteSize()
                                    || b.maxByteSize() < a.minByteSize(),
                            () -> a + " and " + b);
                }
            }
            profile.entryPoints()
                    .forEach(entryPoint -> entryPoint
                            .bands()
                            .forEach(band -> assertTrue(
                                    verdicts.stream()
                                            .anyMatch(verdict -> verdict.entryPoint() == entryPoint.entryPoint()
                                                    && verdict.minByteSize() <= band.minByteSize()
                                                    && verdict.maxByteSize() >= band.maxByteSize()),
                                    () -> band.log2() + " in " + verdicts)));
        }
    }

    @Test
    void choiceIsDeterministicWhateverTheOrderOfCandidates() {
        List<AllocatorTraits> reversed = new ArrayList<>(TestTraits.ALL);
        Collections.reverse(reversed);
        for (Profile profile : profiles()) {
            assertEquals(
                    classify(profile), new Classifier(reversed, CostModel.shipped(), Objective.TIME).classify(profile));
        }
        assertNotEquals(classify(Archetypes.idle()), classify(Archetypes.fewHuge()));
    }

    private static List<Profile> profiles() {
        return Archetypes.all().stream().map(Archetypes.Archetype::profile).toList();
    }

    private static void assertRaised(Recommendation recommendation, Flag... flags) {
        for (Flag flag : flags) {
            assertTrue(
                    recommendation.flags().stream()
                            .anyMatch(raised -> raised.flag() == flag
                                    && raised.strength() >= 0.5
                                    && raised.evidence().matches(".*[0-9].*")),
                    () -> flag + " in " + recommendation.flags());
        }
    }

    private static void assertNotRaised(Recommendation recommendation, Flag... flags) {
        for (Flag flag : flags) {
            assertTrue(
                    recommendation.flags().stream().noneMatch(raised -> raised.flag() == flag),
                    () -> flag + " in " + recommendation.flags());
        }
    }
}
