// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BufferOwnersTest {

    private static final class Claim {
        private final @Nullable Object[] array;
        private final int place;

        Claim(@Nullable Object[] array, int place) {
            this.array = array;
            this.place = place;
        }
    }

    private final BufferOwners owners = new BufferOwners();
    private final List<Claim> live = new ArrayList<>();

    private void claim() {
        int place = owners.claim();
        assertNull(owners.array()[place], "a place that is taken was given out");
        owners.array()[place] = this;
        live.add(new Claim(owners.array(), place));
    }

    private void clear(int index) {
        Claim claim = live.get(index);
        claim.array[claim.place] = null;
        live.set(index, live.get(live.size() - 1));
        live.remove(live.size() - 1);
    }

    @Test
    void shouldUseFewArraysForOneOwnerAtATime() {
        for (int i = 0; i < 10_000; i++) {
            claim();
            clear(0);
        }
        assertTrue(owners.arrayCount() <= 2, owners.arrayCount() + " arrays");
    }

    @Test
    void shouldNeverGiveOutATakenPlaceAndFillItsArrays() {
        SplittableRandom random = new SplittableRandom(3);
        for (int most : new int[] {20_000, 300, 5_000, 20_000}) {
            for (int i = 0; i < 200_000; i++) {
                while (live.size() >= most) {
                    clear(random.nextInt(live.size()));
                }
                claim();
            }
        }
        int enough = 2 * 20_000 / BufferOwners.PLACES;
        assertTrue(owners.arrayCount() <= enough, owners.arrayCount() + " arrays, " + enough + " are plenty");
    }
}
