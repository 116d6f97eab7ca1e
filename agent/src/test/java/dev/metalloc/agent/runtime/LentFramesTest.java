// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LentFramesTest {

    private static final long FRAME_BYTES = 64 << 10;
    private static final int LOOKS = 3;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final FrameStacks stacks = new FrameStacks(source, FRAME_BYTES, 4096);

    @AfterEach
    void close() {
        source.close();
    }

    private FrameStack lend() {
        return Objects.requireNonNull(stacks.lend());
    }

    private void use(FrameStack stack, int mark) {
        int frame = stack.open();
        assertEquals(0, frame);
        long address = stack.next(frame, 1_000);
        assertTrue(address != 0);
        stack.take(address, 1_000);
        for (int i = 0; i < 1_000; i += 8) {
            assertEquals(0, OffHeapMemory.readLong(address + i));
            OffHeapMemory.writeLong(address + i, mark);
        }
        LockSupport.parkNanos(1);
        for (int i = 0; i < 1_000; i += 8) {
            assertEquals(mark, OffHeapMemory.readLong(address + i));
        }
        stack.close(frame);
    }

    @Test
    void shouldLendTheLastThatCameBack() {
        FrameStack first = lend();
        FrameStack second = lend();
        assertNotSame(first, second);
        use(first, 1);
        stacks.takeBack(second);
        stacks.takeBack(first);
        assertSame(first, lend());
        assertSame(second, lend());
        assertEquals(2 * FRAME_BYTES, stacks.committedBytes());
        assertEquals(1, stacks.openedCount());
    }

    @Test
    void shouldLendNoMoreThanItMay() {
        List<FrameStack> all = new ArrayList<>();
        for (int i = 0; i < LentFrames.MOST; i++) {
            all.add(lend());
        }
        assertNull(stacks.lend());
        stacks.takeBack(all.get(7));
        assertSame(all.get(7), stacks.lend());
        assertNull(stacks.lend());
        assertEquals(LentFrames.MOST, all.stream().distinct().count());
    }

    @Test
    void shouldLendFewerLargeOnes() {
        FrameStacks large = new FrameStacks(source, LentFrames.MOST_BYTES / 4, 4096);
        for (int i = 0; i < 4; i++) {
            assertNotNull(large.lend());
        }
        assertNull(large.lend());
    }

    @Test
    void shouldGiveBackTheMemoryOfWhatNobodyBorrows() {
        FrameStack idle = lend();
        FrameStack busy = lend();
        FrameStack kept = lend();
        use(idle, 1);
        stacks.takeBack(idle);
        stacks.takeBack(busy);
        long bytes = 0;
        // The first look begins the count.
        for (int look = 0; look <= LOOKS; look++) {
            assertEquals(0, bytes);
            assertSame(busy, lend());
            use(busy, look);
            stacks.takeBack(busy);
            bytes += stacks.purge(LOOKS);
        }
        assertEquals(FRAME_BYTES, bytes);
        assertTrue(idle.isPurged());
        assertEquals(2 * FRAME_BYTES, stacks.committedBytes());
        assertSame(busy, lend());
        assertSame(idle, lend());
        assertEquals(3 * FRAME_BYTES, stacks.committedBytes());
        use(idle, 2);
        use(kept, 3);
        assertNotNull(stacks.lend());
    }

    @Test
    void shouldNotPurgeWhatIsLent() {
        FrameStack stack = lend();
        for (int look = 0; look < 3 * LOOKS; look++) {
            assertEquals(0, stacks.purge(LOOKS));
        }
        use(stack, 1);
        stacks.takeBack(stack);
    }

    @Test
    void shouldLendEachToOneAtATime() throws InterruptedException {
        AtomicInteger failures = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i + 1;
            threads.add(new Thread(() -> {
                for (int round = 0; round < 2_000; round++) {
                    FrameStack stack = stacks.lend();
                    if (stack != null) {
                        use(stack, number);
                        stacks.takeBack(stack);
                    }
                    if (number == 1 && round % 64 == 0) {
                        stacks.purge(1);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.setUncaughtExceptionHandler((dead, e) -> failures.incrementAndGet());
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, failures.get());
        assertTrue(stacks.committedBytes() <= 64 * FRAME_BYTES);
        assertEquals(0, stacks.stats().usedBytes());
    }
}
