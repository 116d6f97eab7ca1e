// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Allocates while something goes wrong; the first argument says what. */
public final class Troubles {

    public static final int OVERFLOWS = 400;
    public static final int HEAP_FILLINGS = 20;
    public static final int BLOCKS_PER_FILLING = 500;
    public static final int PLATFORM_THREADS = 1_000;
    public static final int BLOCKS_PER_PLATFORM_THREAD = 20;
    public static final int VIRTUAL_THREADS = 100_000;
    public static final int BLOCKS_BEFORE_ATTACH = 5_000;

    private static final int BATCH_BLOCKS = 100;
    private static final long BATCH_PAUSE_NANOS = 2_000_000;
    private static final long BUSY_NANOS = 1_500_000_000;

    private static long allocatedCount;
    private static long sink;

    private Troubles() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "steady" -> steady(arguments[1]);
            case "halt" -> {
                allocateFor(BUSY_NANOS);
                Runtime.getRuntime().halt(4);
            }
            case "overflow" -> overflow(false);
            case "overflowArenas" -> overflow(true);
            case "fillHeap" -> fillHeap(Path.of(arguments[1]));
            case "threads" -> threads();
            case "attached" -> attached();
            case "attachedArenas" -> attachedArenas();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** Goes on until killed; each batch is followed by a note of how much was allocated up to when. */
    private static void steady(String noteFile) throws IOException {
        try (DataOutputStream notes = new DataOutputStream(new FileOutputStream(noteFile))) {
            while (true) {
                allocateBatch();
                byte[] note = new byte[16];
                java.nio.ByteBuffer.wrap(note)
                        .putLong(System.currentTimeMillis())
                        .putLong(allocatedCount);
                notes.write(note);
                LockSupport.parkNanos(BATCH_PAUSE_NANOS);
            }
        }
    }

    private static void allocateFor(long nanos) {
        for (long begin = System.nanoTime(); System.nanoTime() - begin < nanos; ) {
            allocateBatch();
        }
    }

    private static void allocateBatch() {
        for (int i = 0; i < BATCH_BLOCKS; i++) {
            RawMemory.free(RawMemory.allocate(64 + i));
            allocatedCount++;
        }
    }

    private static void overflow(boolean withArenas) {
        int overflows = 0;
        for (int i = 0; i < OVERFLOWS; i++) {
            try {
                deeper(i, withArenas);
            } catch (StackOverflowError | IllegalStateException e) {
                overflows++; // as it is, or wrapped by whoever called through a handle
            }
        }
        long address = RawMemory.allocate(100);
        RawMemory.free(address);
        System.out.println("overflows=" + overflows + (sink < 0 ? "!" : ""));
    }

    /** Ends in an overflow, each time at another point of the calls that it makes. */
    private static long deeper(int step, boolean withArenas) {
        long address = 0;
        if (withArenas && step % 7 == 3) {
            try (Arena arena = step % 2 == 0 ? Arena.ofConfined() : Arena.ofShared()) {
                arena.allocate(1 + step % 1000);
                sink += deeper(step + 1, true);
            }
        }
        if (step % 7 == 0) {
            try {
                address = RawMemory.allocate(1 + step % 1000);
            } finally {
                if (address != 0) {
                    free(address);
                }
            }
        }
        sink += step;
        return step < Integer.MAX_VALUE ? deeper(step + 1, withArenas) + 1 : 0;
    }

    private static void free(long address) {
        try {
            RawMemory.free(address);
        } catch (StackOverflowError | IllegalStateException e) {
            sink++; // a leak of some bytes, in the application's own hands
            throw e;
        }
    }

    /** Fills the heap once a first profile is written: that, and some time, links and compiles what would need memory later. */
    private static void fillHeap(Path profile) {
        int full = 0;
        while (!Files.exists(profile)) {
            allocateFor(BUSY_NANOS / 10);
        }
        for (int i = 0; i < HEAP_FILLINGS; i++) {
            List<byte[]> ballast = new ArrayList<>();
            try {
                while (true) {
                    ballast.add(new byte[ballast.size() < 100 ? 100_000 : 1_000]);
                }
            } catch (OutOfMemoryError e) {
                full++;
            }
            try {
                allocateWhileFull(ballast);
            } catch (OutOfMemoryError | IllegalStateException e) {
                sink++; // full again: other threads took what was given back
            }
            sink += ballast.size();
            ballast.clear();
        }
        System.out.println("full=" + full);
        System.out.println(allocatedCount);
    }

    private static void allocateWhileFull(List<byte[]> ballast) {
        // What a call through a handle takes must remain, and no more.
        ballast.subList(ballast.size() - 20, ballast.size()).clear();
        for (int block = 0; block < BLOCKS_PER_FILLING; block++) {
            long address = RawMemory.allocate(1 + block);
            allocatedCount++;
            RawMemory.free(address);
        }
    }

    private static void threads() throws InterruptedException {
        for (int round = 0; round < PLATFORM_THREADS / 50; round++) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Thread thread = new Thread(() -> {
                    for (int block = 0; block < BLOCKS_PER_PLATFORM_THREAD; block++) {
                        RawMemory.free(RawMemory.allocate(100));
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        CountDownLatch done = new CountDownLatch(VIRTUAL_THREADS);
        for (int i = 0; i < VIRTUAL_THREADS; i++) {
            Thread.ofVirtual().start(() -> {
                long address = RawMemory.allocate(200);
                LockSupport.parkNanos(1);
                RawMemory.free(address);
                done.countDown();
            });
        }
        done.await();
        System.out.println("done");
    }

    /** Steps forward with each line of input, so that an attach can come at a known moment. */
    private static void attached() throws IOException {
        long[] before = new long[BLOCKS_BEFORE_ATTACH];
        for (int i = 0; i < before.length; i++) {
            before[i] = RawMemory.allocate(64);
        }
        awaitLine("before");
        for (int round = 0; round < 3; round++) {
            if (round == 0) {
                for (long address : before) {
                    RawMemory.free(address);
                }
            }
            long[] held = new long[BLOCKS_BEFORE_ATTACH];
            for (int i = 0; i < held.length; i++) {
                held[i] = RawMemory.allocate(64);
            }
            awaitLine("held " + round);
            for (long address : held) {
                RawMemory.free(address);
            }
        }
        System.out.println("done");
    }

    /** Arenas of all kinds are opened in one recording and closed in the next, which has one of its own. */
    @SuppressWarnings("MustBeClosed") // in the next recording
    private static void attachedArenas() throws IOException, InterruptedException {
        awaitLine("before");
        Arena shared = Arena.ofShared();
        CountDownLatch isOpen = new CountDownLatch(1);
        CountDownLatch closes = new CountDownLatch(1);
        Thread virtual = Thread.ofVirtual().start(() -> {
            try (Arena confined = Arena.ofConfined()) {
                confined.allocate(100);
                isOpen.countDown();
                closes.await();
                confined.allocate(100);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        isOpen.await();
        shared.allocate(100);
        Arena.global().allocate(100);
        awaitLine("opened");
        awaitLine("between");
        shared.allocate(100);
        shared.close();
        closes.countDown();
        virtual.join();
        Arena.global().allocate(100);
        try (Arena own = Arena.ofShared()) {
            own.allocate(100);
        }
        awaitLine("closed");
    }

    private static void awaitLine(String where) throws IOException {
        System.out.println(where);
        System.out.flush();
        while (System.in.read() != '\n') {
            // the rest of the line
        }
    }
}
