// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.classifier.TestProfile;
import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.util.List;
import org.junit.jupiter.api.Test;

class BandGroupTest {

    @Test
    void shouldPartWhatIsServedInDifferentWays() {
        assertEquals(
                List.of("33..16777216", "16777217..33554432"),
                ranges(new TestProfile(1)
                        .at(EntryPoint.UNSAFE)
                        .blocks(64, 10_000, Order.LIFO, 1000, 1)
                        .blocks(200, 10_000, Order.FIFO, 1000, 1)
                        .blocks(16 << 20, 10_000, Order.RANDOM, 1000, 1)
                        .blocks(32 << 20, 10_000, Order.RANDOM, 1000, 1)
                        .build()));
    }

    @Test
    void shouldKeepTogetherWhatOneFrameHolds() {
        assertEquals(
                List.of("33..1024", "65537..131072"),
                ranges(new TestProfile(1)
                        .at(EntryPoint.ARENA_CONFINED)
                        .blocks(64, 10_000, Order.BULK, 1_000, 1)
                        .blocks(1024, 10_000, Order.BULK, 1_000_000_000, 1)
                        .blocks(100_000, 10_000, Order.BULK, 1_000_000_000, 1)
                        .build()));
    }

    private static List<String> ranges(Profile profile) {
        ApplicationFeatures application = FeatureExtractor.extract(profile);
        return BandGroup.of(application.entryPoints().get(0), application.durationSeconds()).stream()
                .map(group -> group.minByteSize() + ".." + group.maxByteSize())
                .toList();
    }
}
