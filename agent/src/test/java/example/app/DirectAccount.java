// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Makes direct buffers on many threads, lets the collector free them, and prints what the JVM's buffer pool says, to the byte. */
public final class DirectAccount {

    private static final int THREADS = 8;
    private static final int BUFFERS = 3_000;

    private DirectAccount() {}

    public static void main(String[] arguments) throws InterruptedException {
        print("at the start");
        List<ByteBuffer> held = made(0);
        print("made here");
        CountDownLatch made = new CountDownLatch(THREADS);
        CountDownLatch end = new CountDownLatch(1);
        List<List<ByteBuffer>> heldByOthers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            List<ByteBuffer> list = new ArrayList<>();
            heldByOthers.add(list);
            Runnable work = () -> {
                list.addAll(made(BUFFERS));
                made.countDown();
                await(end);
            };
            Thread thread = i % 2 == 0 ? Thread.ofPlatform().daemon().start(work) : Thread.startVirtualThread(work);
            thread.setName("holder " + i);
        }
        made.await();
        print("made by others");
        check(held, 0);
        held.clear();
        awaitBuffers((long) THREADS * BUFFERS);
        print("collected here");
        for (List<ByteBuffer> list : heldByOthers) {
            check(list, BUFFERS);
            list.clear();
        }
        awaitBuffers(0);
        print("collected all");
        churn();
        awaitBuffers(0);
        print("after churn");
        // The others still live, and have more to hand than they use.
        fill();
        end.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<ByteBuffer> made(int seed) {
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < BUFFERS; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect((seed + i) % 700);
            while (buffer.hasRemaining()) {
                int old = buffer.get(buffer.position());
                if (old != 0) {
                    System.out.println("not zero");
                }
                buffer.put((byte) i);
            }
            buffers.add(buffer);
        }
        return buffers;
    }

    private static void check(List<ByteBuffer> buffers, int seed) {
        for (int i = 0; i < buffers.size(); i++) {
            ByteBuffer buffer = buffers.get(i).flip();
            if (buffer.limit() != (seed + i) % 700) {
                System.out.println("wrong size");
            }
            while (buffer.hasRemaining()) {
                if (buffer.get() != (byte) i) {
                    System.out.println("wrong byte");
                }
            }
        }
    }

    /** Garbage for the collector while new ones come. */
    private static void churn() {
        for (int i = 0; i < 400_000; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(64 + i % 64);
            buffer.put(0, (byte) 1);
        }
    }

    private static void fill() {
        List<ByteBuffer> held = new ArrayList<>();
        try {
            while (true) {
                held.add(ByteBuffer.allocateDirect(held.size() % 3 == 0 ? 1_000 : 9_000));
            }
        } catch (OutOfMemoryError e) {
            System.out.println(held.size() + " " + e);
            for (StackTraceElement frame : e.getStackTrace()) {
                System.out.println(frame.getClassName() + "." + frame.getMethodName());
            }
        }
        print("full");
    }

    private static void awaitBuffers(long count) throws InterruptedException {
        for (int i = 0; i < 200 && pool().getCount() != count; i++) {
            System.gc();
            Thread.sleep(20);
        }
    }

    private static void print(String when) {
        BufferPoolMXBean pool = pool();
        System.out.println(when + ": " + pool.getCount() + " " + pool.getTotalCapacity() + " " + pool.getMemoryUsed());
    }

    private static BufferPoolMXBean pool() {
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                return pool;
            }
        }
        throw new IllegalStateException("no pool of direct buffers");
    }
}
