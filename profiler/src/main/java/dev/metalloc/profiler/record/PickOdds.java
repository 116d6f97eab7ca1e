// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/**
 * How likely blocks of a size are followed, and those that are have their call site taken; for one thread, which remembers some sizes: large
 * blocks, which are followed often, come in few, and an exponential costs more than the rest of following them.
 */
final class PickOdds {
    private static final int REMEMBERED = 16;
    private static final int SHIFT = 60;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    /** The arrays, rounded up. */
    static final int HELD_BYTES = REMEMBERED * 28 + 80;

    private final Recorder recorder;
    private final long[] byteSizes = new long[REMEMBERED];
    private final long[] weights = new long[REMEMBERED];
    private final double[] stackShares = new double[REMEMBERED];
    private final int[] steps = new int[REMEMBERED];

    PickOdds(Recorder recorder) {
        this.recorder = recorder;
        Arrays.fill(byteSizes, -1);
    }

    /** The weight of a followed block. */
    long weight(long byteSize, long meta) {
        return (meta & BlockMeta.CERTAIN_BLOCK) != 0 ? ByteSampler.ONE : weights[at(byteSize)];
    }

    /** Of the blocks of a size that the dice pick to be followed, the part whose stack is taken at a step of the {@link StackDuty}. */
    double stackShare(long byteSize, int step) {
        int at = at(byteSize);
        if (steps[at] != step) {
            steps[at] = step;
            stackShares[at] = ByteSampler.probability(recorder.stackMeanBytes(step), byteSize)
                    / ByteSampler.probability(recorder.lifetimeMeanBytes, byteSize);
        }
        return stackShares[at];
    }

    private int at(long byteSize) {
        int at = (int) ((byteSize * SPREAD) >>> SHIFT);
        if (byteSizes[at] != byteSize) {
            remember(at, byteSize);
        }
        return at;
    }

    @OutOfLine
    private void remember(int at, long byteSize) {
        byteSizes[at] = byteSize;
        weights[at] = ByteSampler.weight(recorder.lifetimeMeanBytes, byteSize);
        steps[at] = -1;
    }
}
