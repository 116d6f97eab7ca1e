// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.TestProfile;
import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.profiler.api.EntryPoint;
import org.junit.jupiter.api.Test;

class ThreadFlagsTest {

    private static final long COUNT = 100_000;

    private static FlagSet freedBy(String thread) {
        return FlagRaiser.application(FeatureExtractor.extract(new TestProfile(10)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(4096, COUNT, Order.RANDOM, 1_000_000_000, 1000, 1, 0)
                .and()
                .thread("main", COUNT, COUNT / 10, 0)
                .thread(thread, 0, COUNT - COUNT / 10, COUNT - COUNT / 10)
                .build()));
    }

    /** The program has no consumer: nobody frees its buffers but the JDK. */
    @Test
    void shouldSayThatTheCollectorFrees() {
        for (String thread : new String[] {"Reference Handler", "Common-Cleaner"}) {
            FlagSet flags = freedBy(thread);

            assertEquals(
                    "100 % of the frees by another thread; 90 % by the JDK, after the garbage collector found the buffers unused",
                    flags.evidence(Flag.REMOTE_FREE));
            assertTrue(
                    flags.evidence(Flag.PRODUCER_CONSUMER)
                            .endsWith("; 90 % by the JDK, after the garbage collector" + " found the buffers unused"),
                    flags.evidence(Flag.PRODUCER_CONSUMER));
        }
    }

    @Test
    void shouldSayNothingOfTheCollectorWhereTheProgramFrees() {
        assertEquals("100 % of the frees by another thread", freedBy("consumer").evidence(Flag.REMOTE_FREE));
    }
}
