// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FreeOrderWindowTest {
    private final FreeOrderWindow window = new FreeOrderWindow();
    private final long[] counts = new long[BandRow.UNORDERED_FREE_COUNT + 1];

    @Test
    void pairsAreLifo() {
        for (int i = 0; i < 5000; i++) {
            free(window.allocated());
        }
        assertEquals(5000, counts[BandRow.LIFO_FREE_COUNT]);
    }

    @Test
    void nestedBlocksAreLifoWhateverTheDepth() {
        ArrayDeque<Long> stack = new ArrayDeque<>();
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 20_000; i++) {
            if (stack.isEmpty() || (stack.size() < 200 && random.nextBoolean())) {
                stack.push(window.allocated());
            } else {
                free(stack.pop());
            }
        }
        // Blocks at the bottom may be older than the window when the stack comes down to them.
        assertTrue(
                counts[BandRow.LIFO_FREE_COUNT] > sum() * 0.99, () -> counts[BandRow.LIFO_FREE_COUNT] + " of " + sum());
    }

    @Test
    void queueIsFifoAlsoBeyondTheWindow() {
        for (int depth : new int[] {3, 100, 5000}) {
            ArrayDeque<Long> queue = new ArrayDeque<>();
            for (int i = 0; i < 20_000; i++) {
                queue.add(window.allocated());
                if (queue.size() > depth) {
                    free(queue.remove());
                }
            }
            while (queue.size() > 1) { // the last one is also the newest
                free(queue.remove());
            }
            free(queue.remove());
        }
        assertTrue(
                counts[BandRow.FIFO_FREE_COUNT] >= sum() - 6, () -> counts[BandRow.FIFO_FREE_COUNT] + " of " + sum());
    }

    @Test
    void queueAroundLongLivedBlocksIsFifo() {
        ArrayDeque<Long> queue = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            long sequence = window.allocated();
            if (i % 7 != 0) { // every seventh stays for ever
                queue.add(sequence);
            }
            if (queue.size() > 20) {
                free(queue.remove());
            }
        }
        // A stayer lies between two freed ones of which the window says that it is live: those read as random.
        assertTrue(
                counts[BandRow.FIFO_FREE_COUNT] > sum() * 0.8, () -> counts[BandRow.FIFO_FREE_COUNT] + " of " + sum());
    }

    @Test
    void randomVictimsAreRandom() {
        SplittableRandom random = new SplittableRandom(3);
        List<Long> live = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            live.add(window.allocated());
            if (live.size() > 500) {
                int victim = random.nextInt(live.size());
                long sequence = live.get(victim);
                live.set(victim, live.getLast());
                live.removeLast();
                free(sequence);
            }
        }
        assertTrue(
                counts[BandRow.RANDOM_FREE_COUNT] > sum() * 0.95,
                () -> counts[BandRow.RANDOM_FREE_COUNT] + " of " + sum());
    }

    @Test
    void consumerFollowsTwoProducers() {
        for (int i = 1; i <= 1000; i++) {
            counts[window.freedRemotely(1, i)]++;
            counts[window.freedRemotely(2, 5000 - i)]++;
        }
        assertEquals(2, counts[BandRow.UNORDERED_FREE_COUNT]); // the first of each
        assertEquals(999, counts[BandRow.FIFO_FREE_COUNT]);
        assertEquals(999, counts[BandRow.LIFO_FREE_COUNT]);
    }

    private void free(long sequence) {
        counts[window.freed(sequence)]++;
    }

    private long sum() {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }
}
