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
    private static final int DEEPEST = 64;
    private static final int QUEUE = 64;
    private static final int LIVE = 4000;
    private static final int TURNS = 500;
    private static final int PAIRS_OF_TURN = 4;
    private static final long SEED = 1;

    // Half of a program's blocks are below 64 bytes, and one in eight above 1000.
    private static final int[] MIXED_BYTES = {
        16, 16, 24, 32, 32, 32, 40, 48, 48, 64, 64, 64, 80, 96, 96, 112,
        128, 128, 160, 192, 224, 256, 320, 400, 500, 640, 800, 1000, 1400, 2000, 3000, 4096
    };

    /** As long as the longest of the programs' blocks. */
    static final int LARGEST_BYTES = MIXED_BYTES[MIXED_BYTES.length - 1];

    private OrderPrograms() {}

    /** A stack whose depth wanders. */
    static TraceProgram lifo() {
        TraceBuilder program = new TraceBuilder("lifo");
        Random random = new Random(SEED);
        int[] blocks = new int[DEEPEST];
        int depth = 0;
        for (int i = 0; i < PAIRS || depth > 0; ) {
            int level = i < PAIRS ? random.nextInt(DEEPEST) : 0;
            for (; depth < level; depth++, i++) {
                blocks[depth] = program.allocate(0, size(random), 1, false);
            }
            for (; depth > level; depth--) {
                program.free(0, blocks[depth - 1]);
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

    /** Threads that take turns, each with blocks of its own. */
    static TraceProgram turns(int threads) {
        TraceBuilder program = new TraceBuilder("turns");
        Random random = new Random(SEED);
        int[] blocks = new int[PAIRS_OF_TURN];
        for (int i = 0; i < TURNS; i++) {
            for (int j = 0; j < PAIRS_OF_TURN; j++) {
                blocks[j] = program.allocate(i % threads, size(random), 1, false);
            }
            for (int j = PAIRS_OF_TURN - 1; j >= 0; j--) {
                program.free(i % threads, blocks[j]);
            }
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
