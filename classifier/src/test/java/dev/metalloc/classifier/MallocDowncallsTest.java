// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static dev.metalloc.classifier.TestVerdicts.assertLeft;
import static dev.metalloc.classifier.TestVerdicts.classify;
import static dev.metalloc.classifier.TestVerdicts.only;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.profiler.api.Callers;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** What is said of blocks that were asked of malloc by downcalls. */
class MallocDowncallsTest {

    private static final long MICROS = 1_000;

    @Test
    void mallocDowncallsOfOthers_areLeft() {
        for (Callers callers : EnumSet.of(Callers.OTHERS, Callers.UNKNOWN)) {
            Recommendation it = classify(Archetypes.mallocDowncalls(callers));

            assertLeft(it, "native code");
            assertLeft(
                    it, callers == Callers.OTHERS ? "not only classes that keep their blocks" : "(profile it again)");
            assertEquals(1.0, only(it).confidence());
        }
    }

    @Test
    void mallocDowncallsOfNettysCleaner_areServed() {
        Recommendation it = classify(Archetypes.mallocDowncalls(Callers.KEEPERS));

        assertEquals("slab", only(it).allocator());
        assertEquals(EntryPoint.MALLOC_DOWNCALL, only(it).entryPoint());
        assertEquals(0, only(it).siteHash());
        // Of malloc's handle, not of Unsafe: a third less.
        assertEquals(10, only(it).expected().nanosPerEventBefore(), 0.5);
    }

    @Test
    void mallocDowncalls_areLeftLikeAllOthersToo() {
        TestProfile.EntryPointBuilder few =
                new TestProfile(1).at(EntryPoint.MALLOC_DOWNCALL).callers(Callers.KEEPERS);
        assertLeft(classify(few.blocks(64, 999, Order.LIFO, MICROS, 1).build()), "only 999 seen, too few to choose by");
        TestProfile.EntryPointBuilder freed =
                new TestProfile(60).at(EntryPoint.MALLOC_DOWNCALL).callers(Callers.KEEPERS);
        assertLeft(
                classify(freed.nativeFrees(3)
                        .blocks(1024, 90_000_000, Order.LIFO, 5 * MICROS, 100)
                        .build()),
                "native code frees or resizes blocks of it (seen 3 times");
        TestProfile.EntryPointBuilder foreign =
                new TestProfile(60).at(EntryPoint.MALLOC_DOWNCALL).callers(Callers.KEEPERS);
        assertLeft(
                classify(foreign.unknownFrees(2_000_000)
                        .blocks(1024, 90_000_000, Order.LIFO, 5 * MICROS, 100)
                        .build()),
                "blocks whose allocation was not seen");
    }
}
