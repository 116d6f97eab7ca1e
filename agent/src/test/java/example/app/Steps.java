// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.io.IOException;

/** Takes so many raw blocks at each line of input and frees the ones before; each block holds its own address. */
public final class Steps {

    /** Blocks at each step. */
    public static final int BLOCKS = 1_000;

    private Steps() {}

    public static void main(String[] arguments) throws IOException {
        long[] blocks = new long[BLOCKS];
        long wrong = 0;
        int step = 0;
        do {
            for (int i = 0; i < BLOCKS; i++) {
                if (step > 0) {
                    wrong += RawMemory.longAt(blocks[i]) == blocks[i] ? 0 : 1;
                    RawMemory.free(blocks[i]);
                }
                blocks[i] = RawMemory.allocate(64);
                RawMemory.putLong(blocks[i], blocks[i]);
            }
            System.out.println("step " + step + " wrong " + wrong);
            step++;
        } while (System.in.read() >= 0);
    }
}
