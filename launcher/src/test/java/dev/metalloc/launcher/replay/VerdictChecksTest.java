// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.classifier.BlockUse;
import dev.metalloc.classifier.Expected;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.Recommendation;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictChecksTest {

    private static Verdict verdict(EntryPoint entryPoint, long siteHash, long min, long max, String allocator) {
        return new Verdict(
                entryPoint,
                siteHash,
                "",
                min,
                max,
                allocator,
                allocator.equals("slab") ? Map.of("classes", "64") : Map.of(),
                new Expected(40, 10, 1 << 20, 1 << 20),
                1,
                List.of(),
                "",
                new BlockUse(1, 0));
    }

    private static List<VerdictChecks.Checked> checks(Verdict... verdicts) {
        return VerdictChecks.checks(
                new Recommendation("a.B", 1, Objective.TIME, List.of(), List.of(verdicts), List.of(), List.of()));
    }

    @Test
    void shouldNotReplayTheSizesBetweenThatAreLeft() {
        VerdictChecks.Checked check = checks(
                        verdict(EntryPoint.UNSAFE, 0, 0, 64, "slab"),
                        verdict(EntryPoint.UNSAFE, 0, 65, 4096, Verdict.LEAVE),
                        verdict(EntryPoint.UNSAFE, 0, 4097, 65536, "buddy"),
                        verdict(EntryPoint.UNSAFE, 7, 0, 64, "segregated"))
                .get(0);
        assertEquals(
                "UNSAFE@0-64,4097-65536=composite[parts=slab,buddy,system;limits=64,65536;0.classes=64]", check.word());
        assertEquals(", of the sizes that it serves,", check.extent());
    }

    @Test
    void shouldSayWhichVerdictsAReplayHasNoRoomFor() {
        VerdictChecks.Checked check = checks(
                        verdict(EntryPoint.UNSAFE, 0, 0, 64, "slab"),
                        verdict(EntryPoint.UNSAFE, 0, 65, 256, "segregated"),
                        verdict(EntryPoint.UNSAFE, 0, 257, 4096, "slab"),
                        verdict(EntryPoint.UNSAFE, 0, 4097, 65536, "buddy"))
                .get(0);
        assertEquals(
                "UNSAFE@0-64,65-256,257-4096=composite[parts=slab,segregated,slab,system;limits=64,256,4096;0.classes=64;2.classes=64]",
                check.word());
        assertEquals(", of sizes up to 4 KiB, since a replay takes the first 3 of 4 verdicts,", check.extent());
    }

    @Test
    void shouldCheckNothingThatServesNoSingleBlocks() {
        assertEquals(
                List.of(),
                checks(
                        verdict(EntryPoint.ARENA_CONFINED, 0, 0, 65536, "bump"),
                        verdict(EntryPoint.UNSAFE, 0, 0, 65536, Verdict.LEAVE)));
        assertEquals(
                "", checks(verdict(EntryPoint.UNSAFE, 0, 0, 64, "slab")).get(0).extent());
    }
}
