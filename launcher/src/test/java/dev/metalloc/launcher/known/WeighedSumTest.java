// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.launcher.fleet.SyntheticProfiles;
import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** To count n times is to have been merged n times. */
class WeighedSumTest {

    @Test
    void shouldCountAsOftenAsAsked() {
        Profile once = SyntheticProfiles.usual("a", 1);
        for (int times = 1; times <= 9; times++) {
            WeighedSum sum = new WeighedSum();
            sum.add(once, times);
            assertEquals(
                    Profiles.merge(Collections.nCopies(times, once)), sum.sum().orElseThrow(), times + " times");
        }
    }

    @Test
    void shouldAddUpToTheSameInAnyOrder() {
        List<Integer> order = new ArrayList<>();
        List<Profile> each = new ArrayList<>();
        List<Profile> copies = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            order.add(i);
            each.add(SyntheticProfiles.usual("a", i));
            copies.addAll(Collections.nCopies(1 + i % 3, each.get(i)));
        }
        Profile expected = Profiles.merge(copies);
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(order, new Random(seed));
            WeighedSum sum = new WeighedSum();
            order.forEach(i -> sum.add(each.get(i), 1 + i % 3));
            assertEquals(expected, sum.sum().orElseThrow(), "seed " + seed);
        }
    }

    @Test
    void shouldBeNothingOfNothing() {
        assertTrue(new WeighedSum().sum().isEmpty());
    }
}
