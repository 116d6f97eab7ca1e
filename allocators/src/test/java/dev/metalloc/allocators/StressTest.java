// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.ChunkSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The stress itself must find what is broken, and say how to find it again. */
class StressTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final AtomicLong nanos = new AtomicLong();

    private boolean run(Subject subject, long seed, long durationNanos, long rounds) throws InterruptedException {
        return new Stress(List.of(subject), seed, out, () -> nanos.addAndGet(1_000_000_000)).run(durationNanos, rounds);
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldRunRoundsUntilTimeIsUp() throws InterruptedException {
        Subject buddy = Subjects.bare().get(4);
        assertTrue(run(buddy, 5, 5_000_000_000L, Long.MAX_VALUE));
        assertTrue(
                printed().matches("stress: [2-9] rounds well in [0-9]+ s, 1 of 1 allocators, first seed 5\n"),
                printed());
    }

    @Test
    void shouldSayHowToSeeAFailureAgain() throws InterruptedException {
        Subject broken = new Subject("forgetful", true, StressTest::forgetful);
        assertFalse(run(broken, 77, Long.MAX_VALUE, 1000));
        String first = printed();
        String again = first.substring(first.indexOf("--seed ") + 7, first.indexOf(" --allocators"));
        bytes.reset();
        assertFalse(run(broken, Long.parseLong(again), Long.MAX_VALUE, 1));
        assertEquals(first.lines().findFirst(), printed().lines().findFirst());
    }

    /** Serves zeroed memory as it comes. */
    private static OffHeapAllocator forgetful(ChunkSource source) {
        OffHeapAllocator inner = Allocators.create(AllocatorSpec.of("segregated"), source);
        return (OffHeapAllocator) Proxy.newProxyInstance(
                StressTest.class.getClassLoader(),
                new Class<?>[] {OffHeapAllocator.class},
                (proxy, method, arguments) -> method.getName().equals("allocateZeroed")
                        ? inner.allocate((long) arguments[0], (long) arguments[1])
                        : method.invoke(inner, arguments));
    }
}
