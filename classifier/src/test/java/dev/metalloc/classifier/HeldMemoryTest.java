// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.classifier.report.RecommendationText;
import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the C library's heaps held is a reason where time is none. */
class HeldMemoryTest {

    private static final long SECONDS = 1_000_000_000;
    private static final long MIB = 1L << 20;
    private static final long OFTEN = 60_000;
    /** Of each of forty sizes. */
    private static final int PEAK_COUNT = 1_500;

    private static Recommendation classified(Profile profile, Objective objective) {
        return new Classifier(TestTraits.ALL, CostModel.shipped(), objective).classify(profile);
    }

    private static Verdict only(Profile profile, Objective objective) {
        List<Verdict> verdicts = classified(profile, objective).verdicts();
        assertEquals(1, verdicts.size(), verdicts::toString);
        return verdicts.get(0);
    }

    /** A cache that allocates 40,000 blocks a second, which is too seldom for time to be a reason; 21 MiB are live. */
    private static TestProfile cache() {
        return cache(OFTEN, PEAK_COUNT);
    }

    private static TestProfile cache(long count, long peakCount) {
        TestProfile profile = new TestProfile(60);
        for (int i = 0; i < 40; i++) {
            profile.at(EntryPoint.UNSAFE).blocks(48 + i * 16, count, Order.RANDOM, SECONDS, peakCount, 0.4, 0);
        }
        for (int i = 0; i < 4; i++) {
            profile.thread("worker-" + i, 10 * count, 10 * count, 4 * count);
        }
        return profile;
    }

    @ParameterizedTest
    @EnumSource(Objective.class)
    void shouldChooseWhereTheHeapsHeldMuchMoreThanWasLive(Objective objective) {
        List<Verdict> verdicts =
                classified(cache().held(600 * MIB).build(), objective).verdicts();
        for (Verdict verdict : verdicts) {
            assertFalse(verdict.isLeave(), verdict::toString);
            String reason = verdict.reasons().get(0);
            assertTrue(
                    reason.startsWith("the C library's heaps held 600 MiB when no more than ")
                            && reason.contains(" for these blocks, where up to 64 MiB may be the JVM's own; "
                                    + verdict.allocator() + " is expected to hold "),
                    reason);
            Expected expected = verdict.expected();
            assertTrue(expected.peakBytesAfter() <= expected.peakBytesBefore() / 2, expected::toString);
            assertTrue(expected.nanosPerEventAfter() <= expected.nanosPerEventBefore(), expected::toString);
            assertTrue(verdict.confidence() >= 0.5 && verdict.confidence() <= 0.8, verdict::toString);
            assertFalse(verdict.runnerUp().startsWith(verdict.allocator()), verdict::toString);
        }
        long before = verdicts.stream()
                .mapToLong(verdict -> verdict.expected().peakBytesBefore())
                .sum();
        assertTrue(Math.abs(before - 536 * MIB) <= MIB, verdicts::toString);
    }

    /** The JDK's path takes a tenth less than the slab: of 40,000 blocks a second that is nothing, of ten million it is much. */
    @Test
    void shouldLoseLittleTimeForIt() throws IOException {
        Verdict seldom = withJdkNanos(jdkNanos(1.1, OFTEN), OFTEN);
        assertFalse(seldom.isLeave(), seldom::toString);
        assertTrue(seldom.expected().nanosPerEventAfter() > seldom.expected().nanosPerEventBefore(), seldom::toString);
        Verdict often = withJdkNanos(jdkNanos(1.1, 250 * OFTEN), 250 * OFTEN);
        assertTrue(often.isLeave(), often::toString);
    }

    /** What is to be calibrated for the path, so that the allocator takes so many times as long; beside that the path has costs of its own. */
    private static double jdkNanos(double slower, long count) throws IOException {
        Expected usual = withJdkNanos(100, count).expected();
        double others = 2 * withJdkNanos(50, count).expected().nanosPerEventBefore() - usual.nanosPerEventBefore();
        return 100 * (usual.nanosPerEventAfter() / slower - others) / (usual.nanosPerEventBefore() - others);
    }

    private static Verdict withJdkNanos(double nanos, long count) throws IOException {
        CostModel costs = CostModel.calibrated(new StringReader("jdk.UNSAFE = 16:" + nanos + " 1048576:" + nanos));
        return new Classifier(TestTraits.ALL, costs, Objective.TIME)
                .classify(cache(count, PEAK_COUNT).held(600 * MIB).build())
                .verdicts()
                .get(0);
    }

    @Test
    void shouldSayWhatTheHeapsHeld() {
        Profile profile = cache().held(600 * MIB).build();
        String text = RecommendationText.write(classified(profile, Objective.TIME));
        assertTrue(
                text.contains("\n  the C library's heaps held 600 MiB when no more than ")
                        && text.contains(" were live at once\n"),
                text);
    }

    @ParameterizedTest
    @EnumSource(
            value = Objective.class,
            names = {"TIME", "BALANCED"})
    void shouldLeaveWhereNothingIsKnown(Objective objective) {
        Profile profile = cache().build();
        assertTrue(only(profile, objective).isLeave());
        assertFalse(RecommendationText.write(classified(profile, objective)).contains("heaps held"));
    }

    /** A JVM has that itself; or it is little beside what is live. */
    @Test
    void shouldLeaveWhereTheHeapsHeldLittleMore() {
        assertTrue(only(cache().held(120 * MIB).build(), Objective.BALANCED).isLeave());
        Profile large = cache(OFTEN, 30_000).held(620 * MIB).build();
        assertTrue(large.heaps().orElseThrow().excessBytes() > 192 * MIB, large.heaps()::toString);
        assertTrue(only(large, Objective.BALANCED).isLeave());
    }

    /** Blocks of 184 MiB in all cannot have left gaps of 536. */
    @Test
    void shouldLeaveWhatWasNeverAllocatedSoMuch() {
        Verdict verdict = only(cache(12_500, PEAK_COUNT).held(600 * MIB).build(), Objective.BALANCED);
        assertTrue(verdict.isLeave(), verdict::toString);
    }

    @Test
    void shouldLeaveEntryPointsThatHaveLittleOfIt() {
        Profile profile = cache().held(600 * MIB)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(64 << 10, 60_000, Order.FIFO, SECONDS, 16)
                .and()
                .at(EntryPoint.ARENA_SHARED)
                .blocks(1 << 20, 500, Order.BULK, SECONDS, 1)
                .build();
        for (Verdict verdict : classified(profile, Objective.BALANCED).verdicts()) {
            assertEquals(verdict.entryPoint() != EntryPoint.UNSAFE, verdict.isLeave(), verdict::toString);
        }
    }

    @Test
    void shouldChooseTheSameOfCopies() {
        Profile one = cache().held(600 * MIB).build();
        Verdict merged = only(Profiles.merge(List.of(one, one, one)), Objective.BALANCED);
        assertEquals(only(one, Objective.BALANCED).allocator(), merged.allocator());
        assertEquals(
                only(one, Objective.BALANCED).expected().peakBytesBefore(),
                merged.expected().peakBytesBefore());
    }

    @Test
    void shouldBeLessSureWhereRunsDisagree() {
        Profile much = cache().held(600 * MIB).build();
        Profile little = cache().held(80 * MIB).build();
        Classifier classifier = new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.BALANCED);
        Verdict alike = classifier
                .classify(Profiles.merge(much, much), List.of(new CountedRun(much, 1), new CountedRun(much, 1)))
                .verdicts()
                .get(0);
        Verdict unlike = classifier
                .classify(Profiles.merge(much, little), List.of(new CountedRun(much, 1), new CountedRun(little, 1)))
                .verdicts()
                .get(0);
        assertFalse(unlike.isLeave(), unlike::toString);
        assertTrue(unlike.confidence() <= 0.6 * alike.confidence(), alike + " and " + unlike);
        assertTrue(
                unlike.reasons().stream().anyMatch(reason -> reason.startsWith("the runs disagree: 1 of 2")),
                unlike::toString);
    }
}
