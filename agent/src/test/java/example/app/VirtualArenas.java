// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Opens confined arenas on virtual threads that leave their carriers while these are open, and prints what of their contents was wrong. */
public final class VirtualArenas {

    public static final int THREADS = 100;
    public static final int ARENAS = 200;
    private static final int BLOCKS = 5;
    private static final int COPY_INTS = 300;

    private static final AtomicLong WRONG = new AtomicLong();

    private VirtualArenas() {}

    public static void main(String[] arguments) throws InterruptedException {
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            int number = i + 1;
            threads[i] = Thread.ofVirtual().start(() -> arenas(number));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println("wrong " + WRONG.get());
    }

    private static void arenas(int number) {
        for (int i = 0; i < ARENAS; i++) {
            try (Arena outer = Arena.ofConfined()) {
                MemorySegment[] blocks = blocks(outer, number);
                leave(i);
                try (Arena inner = Arena.ofConfined()) {
                    MemorySegment copy = inner.allocateFrom(ValueLayout.JAVA_INT, ints(number));
                    MemorySegment[] others = blocks(inner, -number);
                    leave(i);
                    check(copy.getAtIndex(ValueLayout.JAVA_INT, COPY_INTS - 1) == number);
                    checkAll(others, -number);
                }
                MemorySegment late = outer.allocate(64);
                check(late.get(ValueLayout.JAVA_LONG, 56) == 0);
                checkAll(blocks, number);
            }
        }
    }

    /** Every few arenas, so that some are opened and closed on one carrier. */
    private static void leave(int round) {
        if (round % 3 == 0) {
            LockSupport.parkNanos(1_000);
        }
    }

    private static int[] ints(int value) {
        int[] all = new int[COPY_INTS];
        java.util.Arrays.fill(all, value);
        return all;
    }

    private static MemorySegment[] blocks(Arena arena, int value) {
        MemorySegment[] blocks = new MemorySegment[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = arena.allocate(8L << i, 8);
            for (long at = 0; at < blocks[i].byteSize(); at += 8) {
                check(blocks[i].get(ValueLayout.JAVA_LONG, at) == 0);
                blocks[i].set(ValueLayout.JAVA_LONG, at, value);
            }
        }
        return blocks;
    }

    private static void checkAll(MemorySegment[] blocks, int value) {
        for (MemorySegment block : blocks) {
            for (long at = 0; at < block.byteSize(); at += 8) {
                check(block.get(ValueLayout.JAVA_LONG, at) == value);
            }
        }
    }

    private static void check(boolean right) {
        if (!right) {
            WRONG.incrementAndGet();
        }
    }
}
