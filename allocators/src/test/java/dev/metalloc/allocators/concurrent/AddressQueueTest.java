// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class AddressQueueTest {

    private final AddressQueue queue = new AddressQueue();

    @Test
    void shouldGiveWhatWasPutInInItsOrder() {
        assertEquals(0, queue.poll());
        for (int round = 0; round < 5; round++) {
            for (long address = 1; address <= AddressQueue.CAPACITY; address++) {
                assertTrue(queue.offer(address));
            }
            assertFalse(queue.offer(7), "full");
            for (long address = 1; address <= AddressQueue.CAPACITY; address++) {
                assertEquals(address, queue.poll());
            }
            assertEquals(0, queue.poll());
            assertFalse(queue.offer(7), "there is room once the taker says so");
            queue.publish();
            assertTrue(queue.offer(round + 1));
            assertEquals(round + 1, queue.poll());
            queue.publish();
        }
    }

    /** Each address once, and those of one thread in its order. */
    @Test
    void shouldLoseNothingAmongThreads() throws Exception {
        int threads = 3;
        long each = 100_000;
        for (int i = 0; i < threads; i++) {
            long first = i * each + 1;
            Thread.ofPlatform().start(new FutureTask<>(() -> offerAll(first, each)));
        }
        long[] next = new long[threads];
        for (long taken = 0; taken < threads * each; ) {
            long address = queue.poll();
            if (address != 0) {
                int from = (int) ((address - 1) / each);
                assertEquals(from * each + 1 + next[from], address);
                next[from]++;
                taken++;
                queue.publish();
            }
        }
        assertEquals(0, queue.poll());
    }

    private Void offerAll(long first, long count) {
        for (long address = first; address < first + count; address++) {
            while (!queue.offer(address)) {
                Thread.onSpinWait();
            }
        }
        return null;
    }
}
