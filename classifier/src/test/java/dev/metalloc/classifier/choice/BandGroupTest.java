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
    void shouldPartBandsThatAreFreedInAnotherOrder() {
        assertEquals(
                List.of("33..64", "129..512", "16385..32768", "32769..65536"),
                ranges(new TestProfile(1)
                        .at(EntryPoint.UNSAFE)
                        .blocks(64, 10_000, Order.LIFO, 1000, 1)
                        .blocks(200, 10_000, Order.FIFO, 1000, 1)
                        .blocks(500, 10_000, Order.FIFO, 1000, 1)
                        .blocks(32768, 10_000, Order.RANDOM, 1000, 1)
                        .blocks(65536, 10_000, Order.RANDOM, 1000, 1)
                        .build()));
    }

    @Test
    void shouldPartLifetimesDecadesApart() {
        assertEquals(
                List.of("33..64", "65..128"),
                ranges(new TestProfile(1)
                        .at(EntryPoint.UNSAFE)
                        .blocks(64, 10_000, Order.LIFO, 1_000, 1)
                        .blocks(128, 10_000, Order.LIFO, 1_000_000, 1)
                        .build()));
    }

    @Test
    void shouldNotPartForAHandfulOfEvents() {
        assertEquals(
                List.of("33..256"),
                ranges(new TestProfile(1)
                        .at(EntryPoint.UNSAFE)
                        .blocks(64, 10_000, Order.LIFO, 1_000, 1)
                        .blocks(128, 99, Order.RANDOM, 1_000_000, 1)
                        .blocks(256, 10_000, Order.LIFO, 1_000, 1)
                        .build()));
    }

    private static List<String> ranges(Profile profile) {
        ApplicationFeatures application = FeatureExtractor.extract(profile);
        return BandGroup.of(application.entryPoints().get(0), application.durationSeconds()).stream()
                .map(group -> group.minByteSize() + ".." + group.maxByteSize())
                .toList();
    }
}
