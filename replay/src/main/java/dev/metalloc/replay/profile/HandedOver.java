// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.replay.trace.TraceBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Blocks that are due while another thread runs than the one that frees them: they wait for its turn.
 *
 * <p>One for all threads; confined.
 */
final class HandedOver {

    private static final long FEW_BYTES = 64L << 10;
    private static final int PART_OF_PEAK = 8;

    private final TraceBuilder program;
    /** By thread, the blocks of others that it freed for each that the others allocated. */
    private final double[] freedOfOthers;

    private final double meanRatio;
    private final List<List<Integer>> waiting = new ArrayList<>();
    private final long[] waitingBytes;
    private final long mostWaitingBytes;

    /**
     * Nothing waits yet.
     *
     * @param threads as they are numbered in the program
     * @param peakBytes most that it holds at once; of that no more than a part waits, so that the peak is not theirs
     */
    HandedOver(TraceBuilder program, List<ThreadSummary> threads, long peakBytes) {
        this.program = program;
        freedOfOthers = new double[threads.size()];
        double all = threads.stream().mapToDouble(ThreadSummary::allocateCount).sum();
        for (int thread = 0; thread < freedOfOthers.length; thread++) {
            double others = all - threads.get(thread).allocateCount();
            freedOfOthers[thread] = threads.get(thread).remoteFreeCount() / Math.max(1, others);
        }
        double remote =
                threads.stream().mapToDouble(ThreadSummary::remoteFreeCount).sum();
        meanRatio = remote / Math.max(1, all);
        threads.forEach(thread -> waiting.add(new ArrayList<>()));
        waitingBytes = new long[freedOfOthers.length];
        mostWaitingBytes = Math.max(FEW_BYTES, peakBytes / PART_OF_PEAK);
    }

    /**
     * How much likelier it is that another thread frees a block of this one than that another frees anybody's: where one thread frees what others allocate, it
     * is not its own blocks that are freed by others.
     */
    double weight(int allocating) {
        return meanRatio == 0 ? 1 : (Arrays.stream(freedOfOthers).sum() - freedOfOthers[allocating]) / meanRatio;
    }

    /** One of the others than the block's own thread will free it, each as likely as it freed what was not its own. */
    void addForOther(BlockEnding ending, Random random) {
        add(ending, other(ending.thread(), random));
    }

    /** The thread will free it. */
    void add(BlockEnding ending, int freeing) {
        waiting.get(freeing).add(ending.block());
        waitingBytes[freeing] += ending.byteSize();
        if (waitingBytes[freeing] > mostWaitingBytes) {
            freeFor(freeing);
        }
    }

    private int other(int allocating, Random random) {
        double all = 0;
        for (int thread = 0; thread < freedOfOthers.length; thread++) {
            all += thread == allocating ? 0 : freedOfOthers[thread];
        }
        double ticket = random.nextDouble() * all;
        for (int thread = 0; thread < freedOfOthers.length; thread++) {
            ticket -= thread == allocating ? 0 : freedOfOthers[thread];
            if (ticket < 0) {
                return thread;
            }
        }
        return (allocating + 1) % freedOfOthers.length;
    }

    /** The thread frees what waits for it; answers how many those were. */
    int freeFor(int thread) {
        List<Integer> blocks = waiting.get(thread);
        int count = blocks.size();
        blocks.forEach(block -> program.free(thread, block));
        blocks.clear();
        waitingBytes[thread] = 0;
        return count;
    }

    void freeAll() {
        for (int thread = 0; thread < waiting.size(); thread++) {
            freeFor(thread);
        }
    }
}
