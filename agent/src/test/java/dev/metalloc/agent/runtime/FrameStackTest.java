// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameStackTest {

    private static final long FRAME_BYTES = 64 << 10;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final FrameStacks stacks = new FrameStacks(source, FRAME_BYTES, 4096);
    private final FrameStack stack = Objects.requireNonNull(stacks.current());

    @AfterEach
    void close() {
        source.close();
    }

    private long allocate(int frame, long byteSize) {
        long address = stack.next(frame, byteSize);
        if (address != 0) {
            stack.take(address, byteSize);
            assertZero(address, byteSize);
            OffHeapMemory.fill(address, byteSize, (byte) 1);
        }
        return address;
    }

    private static void assertZero(long address, long byteSize) {
        for (long i = 0; i < byteSize; i++) {
            if (OffHeapMemory.readByte(address + i) != 0) {
                throw new AssertionError("byte " + i + " of a block of " + byteSize + " is not zero");
            }
        }
    }

    private long copy(int frame, long byteSize) {
        long address = stack.next(frame, byteSize);
        if (address != 0) {
            stack.takeUnzeroed(address, byteSize);
            OffHeapMemory.fill(address, byteSize, (byte) 2);
        }
        return address;
    }

    @Test
    void shouldReuseMemoryOfAClosedFrame() {
        int first = stack.open();
        long block = allocate(first, 100);
        assertTrue(block != 0 && block % 16 == 0);
        stack.close(first);
        stack.validate();
        int second = stack.open();
        assertEquals(block, allocate(second, 100));
        stack.close(second);
        stack.validate();
    }

    @Test
    void shouldServeOnlyTheTopmostFrame() {
        int lower = stack.open();
        int upper = stack.open();
        assertEquals(0, stack.next(lower, 16));
        assertTrue(allocate(upper, 16) != 0);
        stack.close(upper);
        assertTrue(allocate(lower, 16) != 0);
        stack.close(lower);
        stack.validate();
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        int frame = stack.open();
        assertEquals(0, stack.next(frame, FRAME_BYTES + 1));
        assertTrue(allocate(frame, FRAME_BYTES) != 0);
        assertEquals(0, stack.next(frame, 1));
        stack.close(frame);
        stack.validate();
    }

    @Test
    void shouldHoldForRandomOrdersOfClosing() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        boolean[] open = new boolean[FrameStack.MAX_DEPTH];
        int opened = 0;
        try {
            for (int step = 0; step < 3_000; step++) {
                // Long stretches without copies as well: after some frames they are forgotten.
                boolean mayCopy = step / 500 % 2 == 0;
                int choice = random.nextInt(4);
                if (choice < 2) {
                    int frame = stack.open();
                    if (frame >= 0) {
                        open[frame] = true;
                        opened = frame + 1;
                    }
                } else if (choice == 2 && opened > 0) {
                    if (mayCopy && random.nextInt(4) == 0) {
                        copy(opened - 1, 1 + random.nextInt(900));
                    } else {
                        allocate(opened - 1, 1 + random.nextInt(900));
                    }
                } else if (opened > 0) {
                    int frame = random.nextInt(opened);
                    if (open[frame]) {
                        open[frame] = false;
                        stack.close(frame);
                        while (opened > 0 && !open[opened - 1]) {
                            opened--;
                        }
                    }
                }
                if (step % 100 == 0) {
                    stack.validate();
                }
            }
            for (int frame = opened - 1; frame >= 0; frame--) {
                if (open[frame]) {
                    stack.close(frame);
                }
            }
            stack.validate();
            assertTrue(stack.isEmpty());
        } catch (IllegalStateException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void shouldNotZeroWhatIsOverwritten() {
        int first = stack.open();
        long copied = copy(first, 1000);
        stack.close(first);
        assertEquals(2, OffHeapMemory.readByte(copied + 999));
        int second = stack.open();
        assertEquals(copied, allocate(second, 500));
        stack.close(second);
        stack.validate();
    }

    @Test
    void shouldHaveAllMemoryZeroAgainSomeFramesAfterACopy() {
        int outer = stack.open();
        allocate(outer, 100);
        int inner = stack.open();
        copy(inner, 1000);
        stack.close(inner);
        stack.close(outer);
        assertEquals(stack.base + 112 + 1008, stack.zeroFrom());
        for (int i = 0; i < 64; i++) {
            int frame = stack.open();
            allocate(frame, 50);
            stack.close(frame);
        }
        assertEquals(stack.base, stack.zeroFrom());
        stack.validate();
    }

    @Test
    void shouldFindMemoryThatIsNotZero() {
        OffHeapMemory.writeByte(stack.base + 5_000, (byte) 1);
        assertThrows(IllegalStateException.class, stack::validate);
    }

    @Test
    void shouldGiveADeadThreadsMemoryToTheNext() throws InterruptedException {
        long committedBefore = source.committedBytes();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < 3 * 4096; i += 4096) {
            Thread thread = new Thread(() -> copyAndAllocate(Objects.requireNonNull(stacks.current())));
            thread.setUncaughtExceptionHandler((dead, e) -> failure.set(e));
            thread.start();
            thread.join();
        }
        assertNull(failure.get());
        assertTrue(source.committedBytes() <= committedBefore + 3 * FRAME_BYTES);
        assertSame(stack, stacks.current());
    }

    private void runInPlaceOfTheLast(int opened) throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            FrameStack own = Objects.requireNonNull(stacks.current());
            for (int i = 0; i < opened; i++) {
                copyAndAllocate(own);
            }
            own.miss();
        });
        thread.setUncaughtExceptionHandler((dead, e) -> failure.set(e));
        thread.start();
        thread.join();
        assertNull(failure.get());
    }

    /** Thread numbers so far apart have one place. */
    private void passThreadNumbers() {
        long end = new Thread(() -> {}).threadId() + 4_095;
        while (new Thread(() -> {}).threadId() < end - 1) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldCountWhatThreadsDidThatOthersTookThePlaceOf() throws InterruptedException {
        runInPlaceOfTheLast(3);
        for (int round = 0; round < 2; round++) {
            passThreadNumbers();
            runInPlaceOfTheLast(3);
        }
        assertEquals(18, stacks.openedCount());
        assertEquals(3, stacks.missedCount());
        assertTrue(stacks.peakBytes() >= 1000);
    }

    @Test
    void shouldGiveBackTheMemoryOfDeadThreadsAlone() throws InterruptedException {
        int frame = stack.open();
        long block = allocate(frame, 100);
        runInPlaceOfTheLast(1);
        assertEquals(2 * FRAME_BYTES, stacks.committedBytes());
        long committedBefore = source.committedBytes();

        assertEquals(0, stacks.purge(2));
        assertEquals(FRAME_BYTES, stacks.purge(2));
        assertEquals(0, stacks.purge(2));

        assertEquals(committedBefore - FRAME_BYTES, source.committedBytes());
        assertEquals(1, OffHeapMemory.readByte(block));
        assertEquals(FRAME_BYTES, stacks.stats().committedBytes());
        assertEquals(2 * FRAME_BYTES, stacks.stats().peakCommittedBytes());
        passThreadNumbers();
        runInPlaceOfTheLast(1);
        assertEquals(2 * FRAME_BYTES, stacks.committedBytes());
        assertEquals(5, stacks.openedCount());
        stack.close(frame);
    }

    /** A frame finds zeros where the thread before left what it copied. */
    private static void copyAndAllocate(FrameStack own) {
        int frame = own.open();
        long address = own.next(frame, 1000);
        own.take(address, 1000);
        assertZero(address, 1000);
        own.close(frame);
        frame = own.open();
        own.takeUnzeroed(own.next(frame, 1000), 1000);
        OffHeapMemory.fill(address, 1000, (byte) 2);
        own.close(frame);
    }

    @Test
    void shouldHaveNoneForVirtualThreads() throws InterruptedException {
        AtomicReference<@Nullable FrameStack> found = new AtomicReference<>(stack);
        Thread.ofVirtual().start(() -> found.set(stacks.current())).join();
        assertNull(found.get());
    }
}
