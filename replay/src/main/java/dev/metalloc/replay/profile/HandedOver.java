// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.replay.trace.TraceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Blocks that another thread than their own frees, which it does when it runs: they wait for that, small ones many together.
 *
 * <p>One for all threads; confined.
 */
final class HandedOver {

    // What more wait is freed at once, so that large blocks do not raise the peak.
    private static final long MOST_WAITING_BYTES = 64L << 10;

    private final TraceBuilder program;
    private final double[] shares;
    private final List<List<Integer>> waiting = new ArrayList<>();
    private final long[] waitingBytes;

    /** @param threads as they are numbered in the program */
    HandedOver(TraceBuilder program, List<ThreadSummary> threads) {
        this.program = program;
        shares = threads.stream().mapToDouble(ThreadSummary::remoteFreeCount).toArray();
        threads.forEach(thread -> waiting.add(new ArrayList<>()));
        waitingBytes = new long[shares.length];
    }

    /** A block is due, of a program of several threads: one of the others will free it, each as likely as it freed what was not its own. */
    void add(BlockEnding ending, Random random) {
        int freeing = other(ending.thread(), random);
        waiting.get(freeing).add(ending.block());
        waitingBytes[freeing] += ending.byteSize();
        if (waitingBytes[freeing] > MOST_WAITING_BYTES) {
            freeFor(freeing);
        }
    }

    private int other(int allocating, Random random) {
        double all = 0;
        for (int thread = 0; thread < shares.length; thread++) {
            all += thread == allocating ? 0 : shares[thread];
        }
        double ticket = random.nextDouble() * all;
        for (int thread = 0; thread < shares.length; thread++) {
            ticket -= thread == allocating ? 0 : shares[thread];
            if (ticket < 0) {
                return thread;
            }
        }
        return (allocating + 1) % shares.length;
    }

    /** A thread runs: it frees what waits for it, and before it another does, the one for which most blocks wait. */
    void run(int thread) {
        int most = 0;
        for (int each = 1; each < waiting.size(); each++) {
            if (waiting.get(each).size() > waiting.get(most).size()) {
                most = each;
            }
        }
        freeFor(most);
        freeFor(thread);
    }

    void freeAll() {
        for (int thread = 0; thread < waiting.size(); thread++) {
            freeFor(thread);
        }
    }

    private void freeFor(int thread) {
        waiting.get(thread).forEach(block -> program.free(thread, block));
        waiting.get(thread).clear();
        waitingBytes[thread] = 0;
    }
}
