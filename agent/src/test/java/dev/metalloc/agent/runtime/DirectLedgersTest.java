// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DirectLedgersTest {

    private static final long LIMIT_BYTES = 8L << 20;

    /** As the JDK's account: bytes and buffers, and a limit. */
    private static final class Account extends ReservedMemory {
        final AtomicLong bytes = new AtomicLong();
        final AtomicLong buffers = new AtomicLong();
        volatile boolean ample = true;

        boolean reserve(long byteSize) {
            if (bytes.addAndGet(byteSize) > LIMIT_BYTES) {
                bytes.addAndGet(-byteSize);
                return false;
            }
            buffers.incrementAndGet();
            return true;
        }

        void unreserve(long byteSize) {
            bytes.addAndGet(-byteSize);
            buffers.decrementAndGet();
        }

        @Override
        public boolean isAmple() {
            return ample && bytes.get() < LIMIT_BYTES / 2;
        }

        @Override
        public void giveBack(long byteSize) {
            bytes.addAndGet(-byteSize);
        }

        /** Stacks are taken at a safepoint. */
        @Override
        public void handshake() {
            assertFalse(Thread.getAllStackTraces().isEmpty());
        }
    }

    private final Account account = new Account();
    private final DirectLedgers ledgers = new DirectLedgers(account);

    /** What the hooks do. */
    private boolean allocate(long byteSize) {
        if (ledgers.take(byteSize)) {
            return true;
        }
        long advance = ledgers.advance(byteSize);
        if (advance > 0 && account.reserve(byteSize + advance)) {
            ledgers.add(advance);
            return true;
        }
        if (account.reserve(byteSize)) {
            return true;
        }
        ledgers.recall();
        return account.reserve(byteSize);
    }

    private void free(long byteSize) {
        if (!ledgers.keep(byteSize)) {
            account.unreserve(byteSize);
        }
    }

    private void assertInUse(long byteSize, long buffers) {
        assertEquals(byteSize, account.bytes.get() - ledgers.creditBytes());
        assertEquals(buffers, account.buffers.get() + ledgers.bufferCount());
        assertTrue(ledgers.creditBytes() >= 0);
    }

    @Test
    void shouldKnowWhatIsInUse() {
        assertTrue(allocate(100));
        assertInUse(100, 1);
        assertTrue(allocate(16_384));
        assertTrue(allocate(16_385));
        assertInUse(100 + 16_384 + 16_385, 3);
        free(16_384);
        free(100);
        free(16_385);
        assertInUse(0, 0);
    }

    @Test
    void shouldAskTheAccountForOneOfManySmallBuffers() {
        for (int i = 0; i < 1_000; i++) {
            assertTrue(allocate(60));
        }
        assertEquals(1, account.buffers.get());
        assertInUse(60_000, 1_000);
    }

    @Test
    void shouldLetBuffersHaveAllUpToTheLimitWhateverOtherThreadsHold() throws InterruptedException {
        List<Thread> idle = new ArrayList<>();
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch holding = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            Thread thread = new Thread(() -> {
                assertTrue(allocate(64));
                free(64);
                holding.countDown();
                awaitUninterruptibly(end);
            });
            thread.start();
            idle.add(thread);
        }
        holding.await();
        assertTrue(ledgers.creditBytes() >= 10 * DirectLedger.QUANTUM_BYTES);
        long buffers = 0;
        while (allocate(8_192)) {
            buffers++;
        }
        assertEquals(LIMIT_BYTES / 8_192, buffers);
        assertInUse(LIMIT_BYTES, buffers);
        end.countDown();
        for (Thread thread : idle) {
            thread.join();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldGiveBackWhatAThreadFreesOfOthers() throws InterruptedException {
        for (int i = 0; i < 60; i++) {
            assertTrue(allocate(10_000));
        }
        Thread other = new Thread(() -> {
            for (int i = 0; i < 60; i++) {
                free(10_000);
            }
        });
        other.start();
        other.join();
        assertInUse(0, 0);
        assertTrue(ledgers.creditBytes() <= 6 * DirectLedger.QUANTUM_BYTES, ledgers.creditBytes() + " held");
        assertTrue(account.buffers.get() >= 0, "the account would see fewer buffers than none");
    }

    @Test
    void shouldHoldNothingWhileOthersWaitForMemory() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            assertTrue(allocate(1_000));
        }
        assertFalse(allocate(LIMIT_BYTES));
        Thread late = new Thread(() -> {
            for (int i = 0; i < 50; i++) {
                free(1_000);
            }
            assertTrue(allocate(500));
        });
        late.start();
        late.join();
        free(1_000);
        assertEquals(0, ledgers.creditBytes());
        assertInUse(49 * 1_000 + 500, 50);
    }

    @Test
    void shouldHoldSomeAgainAfterwards() throws InterruptedException {
        assertTrue(allocate(1_000));
        ledgers.recall();
        assertEquals(0, ledgers.creditBytes());
        long end = System.nanoTime() + 20_000_000_000L;
        free(1_000);
        assertEquals(0, ledgers.creditBytes(), "held at once");
        while (ledgers.creditBytes() == 0 && System.nanoTime() < end) {
            assertTrue(allocate(1_000));
            free(1_000);
        }
        assertTrue(ledgers.creditBytes() > 0);
        assertInUse(0, 0);
    }

    /** A recall may come between any two steps of the owners'. */
    @Test
    void shouldLoseNothingToRecalls() throws InterruptedException {
        AtomicInteger running = new AtomicInteger(3);
        AtomicLong live = new AtomicLong();
        AtomicLong liveBuffers = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SplittableRandom random = new SplittableRandom(i);
            Thread thread = new Thread(() -> {
                long[] held = new long[64];
                for (int step = 0; step < 3_000_000; step++) {
                    int index = random.nextInt(held.length);
                    if (held[index] == 0) {
                        int byteSize = 1 + random.nextInt(2_000);
                        held[index] = allocate(byteSize) ? byteSize : 0;
                    } else {
                        free(held[index]);
                        held[index] = 0;
                    }
                }
                for (long byteSize : held) {
                    live.addAndGet(byteSize);
                    liveBuffers.addAndGet(byteSize == 0 ? 0 : 1);
                }
                running.decrementAndGet();
            });
            thread.start();
            threads.add(thread);
        }
        while (running.get() > 0) {
            account.ample = !account.ample;
            ledgers.recall();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertInUse(live.get(), liveBuffers.get());
    }
}
