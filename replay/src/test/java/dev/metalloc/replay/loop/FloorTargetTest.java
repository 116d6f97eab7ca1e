// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.replay.trace.TraceBuilder;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FloorTargetTest {

    private static final int LIVE = 100;

    private final Random random = new Random(1);
    private final TraceBuilder builder = new TraceBuilder("random");

    @Test
    void shouldKeepLiveBlocksApartInEveryPass() {
        TraceProgram program = replacements(10_000);
        try (FloorTarget target = new FloorTarget()) {
            target.prepare(program);
            long first = pass(program, target);
            assertEquals(first, pass(program, target), "a pass begins where the one before did");
        }
    }

    private TraceProgram replacements(int count) {
        int[] blocks = new int[LIVE];
        for (int i = 0; i < count; i++) {
            int place = random.nextInt(LIVE);
            if (i < LIVE) {
                blocks[i] = builder.allocate(0, byteSize(), 1, false);
            } else if (random.nextInt(4) == 0) {
                blocks[place] = builder.reallocate(0, blocks[place], byteSize());
            } else {
                builder.free(0, blocks[place]);
                blocks[place] = builder.allocate(0, byteSize(), 1, false);
            }
        }
        return builder.build();
    }

    private long byteSize() {
        return random.nextLong(1L << (1 + random.nextInt(16)));
    }

    /** Answers the address of the first block. */
    private static long pass(TraceProgram program, FloorTarget target) {
        NavigableMap<Long, Long> live = new TreeMap<>();
        long[] addresses = new long[program.slotCount()];
        long first = 0;
        for (int i = 0; i < program.steps().length; i++) {
            int slot = program.steps()[i] >>> TraceProgram.SLOT_SHIFT;
            int operation = program.steps()[i] & TraceProgram.OPERATION_MASK;
            long byteSize = program.requests()[i] >>> TraceProgram.ALIGNMENT_BITS;
            if (operation != TraceProgram.ALLOCATE) {
                live.remove(addresses[slot]);
            }
            if (operation == TraceProgram.FREE) {
                target.free(addresses[slot]);
            } else {
                addresses[slot] = operation == TraceProgram.ALLOCATE
                        ? target.allocate(byteSize, 1, false)
                        : target.reallocate(addresses[slot], byteSize);
                first = first == 0 ? addresses[slot] : first;
                add(live, addresses[slot], Math.max(1, byteSize));
            }
        }
        return first;
    }

    private static void add(NavigableMap<Long, Long> live, long address, long byteSize) {
        Map.Entry<Long, Long> below = live.floorEntry(address);
        Map.Entry<Long, Long> above = live.ceilingEntry(address);
        assertTrue(below == null || below.getValue() <= address, "overlaps the block below");
        assertTrue(above == null || address + byteSize <= above.getKey(), "overlaps the block above");
        live.put(address, address + byteSize);
    }
}
