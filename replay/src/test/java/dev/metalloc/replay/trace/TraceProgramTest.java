// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.replay.trace.TraceProgram.Run;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TraceProgramTest {

    private final TraceText text = new TraceText();

    @Test
    void shouldUseSlotsAgainAndFreeWhatIsLeft() {
        int first = text.allocate(100);
        int second = text.allocate(1, 200, 4, true);
        text.free(0, first);
        text.allocate(300);
        text.reallocate(second, 400);
        TraceProgram program = text.program();
        assertEquals(5, program.eventCount());
        assertEquals(2, program.slotCount());
        assertEquals(2, program.threadCount());
        assertEquals(700, program.peakRequestedBytes());
        assertEquals(List.of(new Run(0, 0, 1), new Run(1, 1, 2), new Run(0, 2, 5)), program.runs());
        // The second block's slot stays its allocator's, though another thread reallocated it.
        assertEquals(List.of(new Run(0, 5, 6), new Run(1, 6, 7)), program.epilogue());
        assertEquals(1 << TraceProgram.SLOT_SHIFT | TraceProgram.ZEROED, program.steps()[1]);
        assertEquals(200L << TraceProgram.ALIGNMENT_BITS | 4, program.requests()[1]);
        assertEquals(TraceProgram.FREE, program.steps()[2]);
        assertEquals(0, program.steps()[3], "the freed slot, allocated again");
    }

    @Test
    void shouldRefuseABlockThatEndsTwice() {
        int block = text.allocate(0);
        text.free(0, block).free(0, block);
        assertThrows(RuntimeException.class, text::program);
    }

    @Test
    void shouldLetEachThreadDoItsOwnEventsInOrder() {
        for (int i = 0; i < 3000; i++) {
            text.free((i + 1) % 3, text.allocate(i % 3, 16, 0, false));
        }
        TraceProgram program = text.program();
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger expected = new AtomicInteger();
        try (TraceThreads threads = new TraceThreads(program.threadCount())) {
            for (int pass = 0; pass < 3; pass++) {
                expected.set(0);
                seen.clear();
                long nanos = threads.run(program.runs(), (from, to) -> {
                    assertEquals(expected.getAndSet(to), from);
                    seen.add(Thread.currentThread().getName());
                });
                assertTrue(nanos > 0);
                assertEquals(program.runs().size(), seen.size());
                for (int i = 0; i < seen.size(); i++) {
                    assertEquals("replay-" + program.runs().get(i).thread(), seen.get(i));
                }
            }
        }
    }

    @Test
    @Timeout(20)
    void shouldPassOnErrorsToo() {
        text.free(1, text.allocate(16));
        TraceProgram program = text.program();
        try (TraceThreads threads = new TraceThreads(program.threadCount())) {
            RunLoop failing = (from, to) -> {
                throw new OutOfMemoryError("at " + from);
            };
            assertEquals(
                    "at 0",
                    assertThrows(OutOfMemoryError.class, () -> threads.run(program.runs(), failing))
                            .getMessage());
            AtomicInteger done = new AtomicInteger();
            threads.run(program.runs(), (from, to) -> done.addAndGet(to - from));
            assertEquals(2, done.get(), "the workers live on");
        }
    }

    @Test
    void shouldPassOnWhatFails() {
        text.free(1, text.allocate(16));
        TraceProgram program = text.program();
        try (TraceThreads threads = new TraceThreads(program.threadCount())) {
            RunLoop failing = (from, to) -> {
                throw new IllegalStateException("at " + from);
            };
            assertEquals(
                    "at 0",
                    assertThrows(IllegalStateException.class, () -> threads.run(program.runs(), failing))
                            .getMessage());
            AtomicInteger done = new AtomicInteger();
            threads.run(program.runs(), (from, to) -> done.addAndGet(to - from));
            assertEquals(2, done.get());
        }
    }
}
