// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.util.concurrent.CountDownLatch;

/**
 * Threads, one after the other, each fill a heap of the C library's and free all but the last block, which keeps it from giving
 * anything back; they stay, so that each has a heap of its own.
 */
public final class FragmentedHeaps {

    public static final int THREADS = 6;
    public static final int BLOCKS = 16 << 10;
    public static final int BLOCK_BYTES = 1 << 10;

    private FragmentedHeaps() {}

    public static void main(String[] arguments) throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            CountDownLatch freed = new CountDownLatch(1);
            threads[i] = new Thread(() -> fillAndFree(freed, end));
            threads[i].start();
            freed.await();
        }
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void fillAndFree(CountDownLatch freed, CountDownLatch end) {
        long[] blocks = new long[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = RawMemory.allocate(BLOCK_BYTES);
            RawMemory.fill(blocks[i], BLOCK_BYTES, (byte) 1);
        }
        for (int i = 0; i < BLOCKS - 1; i++) {
            RawMemory.free(blocks[i]);
        }
        freed.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
