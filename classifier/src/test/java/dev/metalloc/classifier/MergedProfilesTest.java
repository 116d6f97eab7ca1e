// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.classifier.flags.FlagRaiser;
import dev.metalloc.classifier.flags.FlagSet;
import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** To have run the same several times says nothing new of a program. */
class MergedProfilesTest {

    private static final EntryPoint[] ENTRY_POINTS = {EntryPoint.UNSAFE, EntryPoint.DIRECT_BUFFER, EntryPoint.NETTY};

    private static final List<Order> ORDERS = List.of(Order.values());

    @Test
    void shouldRaiseTheSameFlagsForCopies() {
        for (int seed = 0; seed < 200; seed++) {
            Profile profile = random(new SplittableRandom(seed));
            Map<Flag, Double> flags = flags(profile);
            assertFalse(flags.isEmpty(), "seed " + seed);
            for (int copies : new int[] {2, 3, 10}) {
                assertEquals(
                        flags,
                        flags(Profiles.merge(Collections.nCopies(copies, profile))),
                        copies + " copies, seed " + seed);
            }
        }
    }

    private static Profile random(SplittableRandom random) {
        TestProfile profile = new TestProfile(1 + random.nextInt(2_000));
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            profile.at(ENTRY_POINTS[random.nextInt(ENTRY_POINTS.length)])
                    .blocks(
                            1L << random.nextInt(20),
                            random.nextLong(1, 1_000_000),
                            ORDERS.get(random.nextInt(ORDERS.size())),
                            random.nextLong(1, 100_000_000_000L),
                            random.nextInt(1, 1_000));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            profile.thread("thread-" + i, random.nextInt(1_000_000), random.nextInt(1_000_000), random.nextInt(1_000));
        }
        return profile.endedThreads(random.nextInt(1_000)).build();
    }

    /** To a millionth: sums of copies round differently. */
    private static Map<Flag, Double> flags(Profile profile) {
        FlagSet raised = FlagRaiser.application(FeatureExtractor.extract(profile));
        Map<Flag, Double> strengths = new EnumMap<>(Flag.class);
        for (Flag flag : Flag.values()) {
            if (raised.strength(flag) > 0) {
                strengths.put(flag, Math.rint(raised.strength(flag) * 1e6) / 1e6);
            }
        }
        return strengths;
    }
}
