// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.metalloc.replay.trace.TraceBuilder;
import dev.metalloc.replay.trace.TraceProgram;
import org.junit.jupiter.api.Test;

class ServedSizesTest {

    private final TraceBuilder trace = new TraceBuilder("all");

    @Test
    void shouldLeaveOutTheBlocksOfOtherSizes() {
        int small = trace.allocate(0, 64, 1, true);
        trace.at(1000);
        int between = trace.allocate(0, 65, 1, false);
        int large = trace.allocate(1, 4097, 64, false);
        trace.free(1, small);
        trace.free(0, between);
        trace.free(0, large);
        TraceProgram served = ServedSizes.parse("0-64,4097-65536").of(trace.build());
        assertEquals(4, served.eventCount());
        assertEquals(2, served.slotCount());
        assertEquals(64 + 4097, served.peakRequestedBytes());
        assertEquals(TraceProgram.ZEROED, served.steps()[0]);
        assertEquals(4097L << TraceProgram.ALIGNMENT_BITS | 6, served.requests()[1]);
        assertArrayEquals(new int[] {0, 1000, 1000, 1000}, served.micros());
    }

    @Test
    void shouldEndWhatGrowsOutAndBeginWhatGrowsIn() {
        int block = trace.allocate(0, 64, 1, false);
        block = trace.reallocate(0, block, 128);
        block = trace.reallocate(0, block, 1000);
        block = trace.reallocate(0, block, 2000);
        block = trace.reallocate(0, block, 100);
        trace.free(0, block);
        TraceProgram served = ServedSizes.parse("65-128,1001-4096").of(trace.build());
        int[] expected = {
            TraceProgram.ALLOCATE, TraceProgram.FREE, TraceProgram.ALLOCATE, TraceProgram.REALLOCATE, TraceProgram.FREE
        };
        assertArrayEquals(expected, served.steps());
    }

    @Test
    void shouldKeepAllWhereAllIsServed() {
        trace.free(0, trace.reallocate(1, trace.allocate(0, 0, 1, false), 1L << 40));
        TraceProgram all = trace.build();
        assertArrayEquals(all.steps(), ServedSizes.ALL.of(all).steps());
        assertEquals(all.runs(), ServedSizes.ALL.of(all).runs());
        assertThrows(IllegalArgumentException.class, () -> ServedSizes.parse("64"));
    }
}
