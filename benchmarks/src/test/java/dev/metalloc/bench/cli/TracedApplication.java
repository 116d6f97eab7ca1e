// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static java.lang.invoke.MethodType.methodType;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;

/**
 * Allocates from one thread and from many, keeps its own account of it, and prints that.
 *
 * <p>The most bytes are live in a phase of one thread, and only one byte more than the other threads can ever reach together:
 * a record of theirs that is out of order would exceed it. Argument: how often each of many threads allocates, unless the usual number will do.
 */
public final class TracedApplication {

    private static final int THREADS = 4;
    private static final int ROUNDS = 20_000;
    private static final int BLOCK_BYTES = 1_000;
    private static final MethodHandle ALLOCATE = bound("allocateMemory", methodType(long.class, long.class));
    private static final MethodHandle REALLOCATE =
            bound("reallocateMemory", methodType(long.class, long.class, long.class));
    private static final MethodHandle FREE = bound("freeMemory", methodType(void.class, long.class));

    private final int rounds;
    private long allocateCount;
    private long reallocateCount;
    private long freeCount;
    private long allocateBytes;
    private long liveBytes;
    private long peakBytes;

    private TracedApplication(int rounds) {
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws Throwable {
        TracedApplication account =
                new TracedApplication(arguments.length == 0 ? ROUNDS : Integer.parseInt(arguments[0]));
        account.arenas();
        account.reallocations();
        account.manyThreads();
        long left = account.allocate(THREADS * BLOCK_BYTES + 1L);
        account.free(left, THREADS * BLOCK_BYTES + 1L);
        account.allocate(17); // never freed
        System.out.println("allocations=" + account.allocateCount + " reallocations=" + account.reallocateCount
                + " frees="
                + account.freeCount + " bytes=" + account.allocateBytes + " peak=" + account.peakBytes + " live="
                + account.liveBytes);
    }

    private void begin(long byteSize) {
        allocateBytes += byteSize;
        liveBytes += byteSize;
        peakBytes = Math.max(peakBytes, liveBytes);
    }

    private long allocate(long byteSize) throws Throwable {
        allocateCount++;
        begin(byteSize);
        return (long) ALLOCATE.invokeExact(byteSize);
    }

    private void free(long address, long byteSize) throws Throwable {
        freeCount++;
        liveBytes -= byteSize;
        FREE.invokeExact(address);
    }

    private void arenas() {
        for (int round = 0; round < 500; round++) {
            try (Arena outer = round % 2 == 0 ? Arena.ofConfined() : Arena.ofShared()) {
                long outerBytes = allocateIn(outer, 5, 40);
                try (Arena inner = Arena.ofConfined()) {
                    long innerBytes = allocateIn(inner, 20, 30);
                    ended(20, innerBytes);
                }
                ended(5, outerBytes);
            }
        }
    }

    private long allocateIn(Arena arena, int count, int byteSize) {
        for (int i = 0; i < count; i++) {
            arena.allocate(byteSize + i, 8);
            allocateCount++;
            begin(byteSize + i);
        }
        return (long) count * byteSize + (long) count * (count - 1) / 2;
    }

    private void ended(int count, long byteSize) {
        freeCount += count;
        liveBytes -= byteSize;
    }

    private void reallocations() throws Throwable {
        for (int round = 0; round < 300; round++) {
            long address = allocate(10);
            long held = 10;
            for (long byteSize = 20; byteSize <= 1280; byteSize *= 2) {
                address = (long) REALLOCATE.invokeExact(address, byteSize);
                reallocateCount++;
                liveBytes -= held;
                begin(byteSize);
                held = byteSize;
            }
            free(address, held);
        }
    }

    /** Each thread holds one block at most. */
    private void manyThreads() throws InterruptedException {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            boolean inArenas = i % 2 == 0;
            threads.add(new Thread(() -> churn(start, inArenas)));
        }
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        allocateCount += (long) THREADS * rounds;
        freeCount += (long) THREADS * rounds;
        allocateBytes += (long) THREADS * rounds * BLOCK_BYTES;
    }

    private void churn(CyclicBarrier start, boolean inArenas) {
        try {
            start.await();
            for (int round = 0; round < rounds; round++) {
                if (inArenas) {
                    try (Arena arena = Arena.ofConfined()) {
                        arena.allocate(BLOCK_BYTES);
                    }
                } else {
                    long address = (long) ALLOCATE.invokeExact((long) BLOCK_BYTES);
                    FREE.invokeExact(address);
                }
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle bound(String name, java.lang.invoke.MethodType type) {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field field = unsafe.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return MethodHandles.lookup().findVirtual(unsafe, name, type).bindTo(field.get(null));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
