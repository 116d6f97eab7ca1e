// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FreeOrderTest {
    private record Block(long birthBytes, long mark) {}

    private final FreeOrder order = new FreeOrder();
    private final long[] counts = new long[BandRow.UNORDERED_FREE_WEIGHT + 1];
    private long clockBytes;
    private long liveCount;
    private long watchedCount = FreeOrder.NOTHING;
    private long lastBirthBytes;

    @Test
    void pairsAreLifo() {
        for (int i = 0; i < 5000; i++) {
            free(allocate());
        }
        assertEquals(5000, counts[BandRow.LIFO_FREE_WEIGHT]);
    }

    @Test
    void nestedBlocksAreLifoWhateverTheDepth() {
        ArrayDeque<Block> stack = new ArrayDeque<>();
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 20_000; i++) {
            if (stack.isEmpty() || (stack.size() < 900 && random.nextInt(100) < 55)) {
                stack.push(allocate());
            } else {
                free(stack.pop());
            }
        }
        assertEquals(sum(), counts[BandRow.LIFO_FREE_WEIGHT]);
    }

    @Test
    void pairsAboveLongLivedBlocksAreLifo() {
        for (int i = 0; i < 5000; i++) {
            allocate();
            Block below = allocate();
            free(allocate());
            free(below);
        }
        assertEquals(10_000, counts[BandRow.LIFO_FREE_WEIGHT]);
    }

    @Test
    void queueAtRestRises() {
        for (int depth : new int[] {3, 100, 5000}) {
            ArrayDeque<Block> queue = new ArrayDeque<>();
            for (int i = 0; i < 20_000; i++) {
                queue.add(allocate());
                if (queue.size() > depth) {
                    free(queue.remove());
                }
            }
            while (!queue.isEmpty()) {
                free(queue.remove());
            }
        }
        // The last block of a queue is also the newest.
        assertTrue(
                counts[BandRow.RISING_FREE_WEIGHT] >= sum() - 3,
                () -> counts[BandRow.RISING_FREE_WEIGHT] + " of " + sum());
    }

    @Test
    void queueAroundLongLivedBlocksRises() {
        ArrayDeque<Block> queue = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            Block block = allocate();
            if (i % 7 != 0) { // every seventh stays for ever
                queue.add(block);
            }
            if (queue.size() > 20) {
                free(queue.remove());
            }
        }
        assertEquals(sum(), counts[BandRow.RISING_FREE_WEIGHT]);
    }

    @Test
    void randomVictimsRiseAndFallAlike() {
        SplittableRandom random = new SplittableRandom(3);
        List<Block> live = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            live.add(allocate());
            if (live.size() > 500) {
                int victim = random.nextInt(live.size());
                Block block = live.get(victim);
                live.set(victim, live.getLast());
                live.removeLast();
                free(block);
            }
        }
        assertEquals(0.5, (double) counts[BandRow.RISING_FREE_WEIGHT] / sum(), 0.02);
        assertEquals(0.5, (double) counts[BandRow.FALLING_FREE_WEIGHT] / sum(), 0.02);
    }

    @Test
    void sampledBlocksTellTheSameOrders() {
        ArrayDeque<Block> queue = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            queue.add(allocate());
            Block pair = allocate();
            if (i % 97 == 0) {
                free(pair);
            } else {
                countFree();
            }
            if (queue.size() > 50) {
                Block oldest = queue.remove();
                if (i % 89 == 0) {
                    free(oldest);
                } else {
                    countFree();
                }
            }
        }
        assertEquals(207, counts[BandRow.LIFO_FREE_WEIGHT]);
        assertEquals(224, counts[BandRow.RISING_FREE_WEIGHT]);
        assertEquals(207 + 224, sum());
    }

    @Test
    void consumerFollowsTwoProducers() {
        for (int i = 1; i <= 1000; i++) {
            counts[order.remoteColumn(1, i)]++;
            counts[order.remoteColumn(2, 5000 - i)]++;
        }
        assertEquals(2, counts[BandRow.UNORDERED_FREE_WEIGHT]); // the first of each
        assertEquals(999, counts[BandRow.RISING_FREE_WEIGHT]);
        assertEquals(999, counts[BandRow.FALLING_FREE_WEIGHT]);
    }

    private Block allocate() {
        liveCount++;
        clockBytes += 16;
        watchedCount = liveCount;
        return new Block(clockBytes, order.mark(liveCount));
    }

    private void free(Block block) {
        int column = order.column(block.mark(), liveCount, block.birthBytes(), lastBirthBytes);
        counts[column]++;
        lastBirthBytes = column == BandRow.LIFO_FREE_WEIGHT ? lastBirthBytes : block.birthBytes();
        countFree();
    }

    private void countFree() {
        if (liveCount <= watchedCount) {
            watchedCount = order.freed(liveCount);
        }
        liveCount--;
    }

    private long sum() {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }
}
