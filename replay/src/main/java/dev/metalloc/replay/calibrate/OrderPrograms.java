// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.calibrate;

import dev.metalloc.replay.trace.TraceBuilder;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.Arrays;
import java.util.Random;

/** Programs that free their blocks in one order. */
final class OrderPrograms {

    private static final int PAIRS = 20_000;
    private static final int FEW_PAIRS = 2000;
    private static final int BURST = 64;
    private static final int QUEUE = 256;
    private static final int LIVE = 1000;
    private static final long SEED = 1;

    // A small program's sizes: half of them below 64 bytes, the largest some hundred.
    private static final int[] MIXED_BYTES = {16, 24, 32, 32, 40, 48, 64, 64, 80, 96, 128, 160, 200, 256, 320, 500};

    private OrderPrograms() {}

    /** Bursts, the newest freed first. */
    static TraceProgram lifo() {
        TraceBuilder program = new TraceBuilder("lifo");
        Random random = new Random(SEED);
        int[] blocks = new int[BURST];
        for (int i = 0; i < PAIRS / BURST; i++) {
            for (int j = 0; j < BURST; j++) {
                blocks[j] = program.allocate(0, size(random), 1, false);
            }
            for (int j = BURST - 1; j >= 0; j--) {
                program.free(0, blocks[j]);
            }
        }
        return program.build();
    }

    /** One block of one size at a time. */
    static TraceProgram pairs(long byteSize) {
        TraceBuilder program = new TraceBuilder("pairs");
        for (int i = 0; i < FEW_PAIRS; i++) {
            program.free(0, program.allocate(0, byteSize, 1, false));
        }
        return program.build();
    }

    /** A queue. */
    static TraceProgram fifo() {
        TraceBuilder program = new TraceBuilder("fifo");
        Random random = new Random(SEED);
        int[] blocks = new int[QUEUE];
        for (int i = 0; i < PAIRS; i++) {
            if (i >= QUEUE) {
                program.free(0, blocks[i % QUEUE]);
            }
            blocks[i % QUEUE] = program.allocate(0, size(random), 1, false);
        }
        return program.build();
    }

    /** A table in which any block is replaced. */
    static TraceProgram random() {
        TraceBuilder program = new TraceBuilder("random");
        Random random = new Random(SEED);
        int[] blocks = new int[LIVE];
        Arrays.fill(blocks, -1);
        for (int i = 0; i < PAIRS; i++) {
            int place = random.nextInt(LIVE);
            if (blocks[place] >= 0) {
                program.free(0, blocks[place]);
            }
            blocks[place] = program.allocate(0, size(random), 1, false);
        }
        return program.build();
    }

    /** All is allocated, then all is freed. */
    static TraceProgram grown() {
        TraceBuilder program = new TraceBuilder("grown");
        Random random = new Random(SEED);
        int[] blocks = new int[PAIRS];
        for (int i = 0; i < PAIRS; i++) {
            blocks[i] = program.allocate(0, size(random), 1, false);
        }
        for (int i = 0; i < PAIRS; i++) {
            program.free(0, blocks[i]);
        }
        return program.build();
    }

    private static long size(Random random) {
        return MIXED_BYTES[random.nextInt(MIXED_BYTES.length)];
    }
}
