// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.BandProfile;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreedInBetweenTest {

    @Test
    void shouldDeviateByOneBlockWherePairsAreFreedAtOnce() {
        List<BandProfile> pairs = List.of(BandMaker.band(1024, 1024, 10_000, 1024));

        assertEquals(1024, FreedInBetween.of(pairs, pairs).bytes(), 1);
        assertEquals(0, FreedInBetween.of(pairs, pairs).joinedRatio(2048), 0);
    }

    @Test
    void shouldJoinTheMoreTheLessIsHeld() {
        // Four hundred blocks live at once, so their number deviates by twenty.
        List<BandProfile> mixed = List.of(BandMaker.band(1024, 1024, 10_000, 400 << 10, 400 << 10));

        FreedInBetween freed = FreedInBetween.of(mixed, mixed);

        assertEquals(20 << 10, freed.bytes(), 512);
        assertEquals(0, freed.joinedRatio(64 << 10), 0);
        assertTrue(freed.joinedRatio(16 << 10) > 0);
        assertTrue(freed.joinedRatio(4 << 10) > freed.joinedRatio(16 << 10));
    }

    @Test
    void shouldNotMindWhatIsSeldomAskedFor() {
        BandProfile many = BandMaker.band(64, 64, 100_000, 6400);
        BandProfile few = BandMaker.band(49_152, 49_152, 2, 98_304);

        assertEquals(
                64, FreedInBetween.of(List.of(many, few), List.of(many, few)).bytes(), 1);
    }
}
