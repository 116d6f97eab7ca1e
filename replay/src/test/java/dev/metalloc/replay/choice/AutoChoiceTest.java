// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.choice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.peak.OurPeak;
import dev.metalloc.replay.profile.TraceProfiler;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.trace.TraceBuilder;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AutoChoiceTest {

    private static final int LIVE = 2000;

    private final TraceProgram program = mixed();
    private final Profile profile = TraceProfiler.profile(program);
    private final CostModel costs = CostModel.shipped();

    /** A table in which any block is replaced, of sizes that no spacing has. */
    private static TraceProgram mixed() {
        TraceBuilder trace = new TraceBuilder("mixed");
        Random random = new Random(3);
        long[] sizes = {40, 72, 144, 1040, 2320, 5200, 9232, 18_448};
        int[] blocks = new int[LIVE];
        for (int i = 0; i < 40_000; i++) {
            int place = random.nextInt(LIVE);
            if (i >= LIVE) {
                trace.free(0, blocks[place]);
            } else {
                place = i;
            }
            blocks[place] = trace.allocate(0, sizes[random.nextInt(sizes.length)], 1, false);
        }
        return trace.build();
    }

    private long peakBytes(Composition composition) {
        Subject subject = Subject.ours(
                "it", composition.spec().allocator(), composition.spec().parameters());
        return OurPeak.measure(subject, program).orElseThrow().peakCommittedBytes();
    }

    @Test
    void shouldChooseTheSameForTheSameProfile() {
        AutoChoice first = AutoChoice.untimed(profile, costs, Objective.BALANCED);

        assertEquals(
                first.subject(),
                AutoChoice.untimed(profile, costs, Objective.BALANCED).subject());
        assertTrue(first.allowedBytes() > program.peakRequestedBytes());
    }

    @Test
    void shouldHoldNoMoreThanAllowed() {
        AutoChoice choice = AutoChoice.of(profile, costs, Objective.BALANCED);

        assertTrue(peakBytes(choice.composition()) <= choice.allowedBytes() * 1.02);
    }

    @Test
    void shouldExpectAboutWhatAReplayOfTheProgramHolds() {
        for (Composition each :
                AutoChoice.untimed(profile, costs, Objective.BALANCED).paretoFront()) {
            double ratio = each.peakBytes() / peakBytes(each);
            assertTrue(ratio > 0.85 && ratio < 1.2, each.text() + ": " + ratio);
        }
    }

    @Test
    void shouldListEverythingOfTwoPartsThatCouldHaveBeenComposed() {
        List<Composition> candidates = AutoChoice.candidates(profile, costs, 2);

        assertTrue(candidates.size() > 100, "candidates " + candidates.size());
        assertTrue(candidates.stream().allMatch(each -> each.parts().size() <= 2));
        for (Composition each :
                AutoChoice.untimed(profile, costs, Objective.BALANCED).paretoFront()) {
            assertTrue(each.parts().size() > 2 || candidates.contains(each), each.text());
        }
    }

    private static long peakOfChoice(TraceBuilder trace) {
        TraceProgram program = trace.build();
        Profile profile = TraceProfiler.profile(program);
        for (Objective objective : Objective.values()) {
            AutoChoice choice = AutoChoice.untimed(profile, CostModel.shipped(), objective);
            assertTrue(
                    OurPeak.measure(choice.subject(), program).isPresent(),
                    objective + ": " + choice.composition().text());
        }
        return program.peakRequestedBytes();
    }

    @Test
    void shouldServeOddTraces() {
        TraceBuilder zeroes = new TraceBuilder("zeroes");
        for (int i = 0; i < 1000; i++) {
            zeroes.free(0, zeroes.allocate(0, 0, 1, i % 2 == 0));
        }
        assertEquals(0, peakOfChoice(zeroes));
        TraceBuilder one = new TraceBuilder("one");
        one.allocate(0, 100, 1, false);
        assertEquals(100, peakOfChoice(one));
        TraceBuilder aligned = new TraceBuilder("aligned");
        for (int i = 0; i < 100; i++) {
            int block = aligned.allocate(i % 2, 100 + 16 * i, i % 3 == 0 ? 4 << 20 : 1, false);
            if (i % 4 != 0) {
                aligned.free(0, block);
            }
        }
        assertTrue(peakOfChoice(aligned) > 0);
    }

    @Test
    void shouldSayWhatNothingServes() {
        TraceBuilder trace = new TraceBuilder("aligned");
        trace.allocate(0, 100, 32 << 20, false);
        Profile unserved = TraceProfiler.profile(trace.build());
        assertEquals(
                "no allocator serves blocks of up to 100 B aligned to up to 32 MiB",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> AutoChoice.untimed(unserved, costs, Objective.BALANCED))
                        .getMessage());
    }
}
