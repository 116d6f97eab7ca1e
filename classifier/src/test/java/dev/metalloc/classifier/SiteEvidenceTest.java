// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.util.List;
import org.junit.jupiter.api.Test;

class SiteEvidenceTest {

    private static final List<String> PUT = List.of("Allocator", "Cache", "Put");
    private static final List<String> GROW = List.of("Allocator", "Cache", "Grow");

    private static Profile profile(long blocks) {
        return new TestProfile(10)
                .at(EntryPoint.UNSAFE)
                .blocks(64, blocks, Order.LIFO, 1000, 10)
                .and()
                .site(EntryPoint.UNSAFE, PUT, 64, 300, 30_000)
                .site(EntryPoint.UNSAFE, GROW, 64, 100, 10_000)
                .build();
    }

    @Test
    void shouldTellOfNoMoreBlocksThanThereWere() {
        List<SiteEvidence> sites = SiteEvidence.of(profile(20_000));
        assertEquals(15_000, sites.get(0).allocateCount());
        assertEquals(15_000 * 64, sites.get(0).allocateBytes());
        assertEquals(5_000, sites.get(1).allocateCount());
    }

    /** Blocks may have come from sites that nobody sampled. */
    @Test
    void shouldLeaveEstimatesThatAreNotTooMany() {
        assertEquals(30_000, SiteEvidence.of(profile(60_000)).get(0).allocateCount());
    }

    @Test
    void shouldTellSitesApartByTheCallersTheyDifferIn() {
        List<SiteEvidence> sites = SiteEvidence.of(profile(60_000));
        assertEquals("Put.call:7", sites.get(0).callerText());
        assertEquals("Grow.call:7", sites.get(1).callerText());
        Profile one = new TestProfile(10)
                .site(EntryPoint.UNSAFE, PUT, 64, 300, 30_000)
                .build();
        assertEquals("", SiteEvidence.of(one).get(0).callerText());
    }
}
