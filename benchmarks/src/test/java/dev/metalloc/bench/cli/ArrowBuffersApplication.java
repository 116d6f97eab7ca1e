// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import io.netty.buffer.NettyArrowBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.ReferenceManager;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.memory.unsafe.UnsafeAllocationManager;

/** Does with Arrow's buffers what applications do, and prints what came of it. */
public final class ArrowBuffersApplication {

    static final int SHORT_LIVED = 20_000;
    static final int TRANSFERRED = 100;
    static final int HANDED_OVER = 1_000;
    static final int STARTED_TOGETHER = 4;
    static final int BUFFER_BYTES = 700;
    /** Arrow rounds up to powers of two. */
    static final int ROUNDED_BYTES = 1_024;

    static final int LARGE_BYTES = 1 << 20;

    private ArrowBuffersApplication() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("started together " + startedTogether());
        try (BufferAllocator root = new RootAllocator()) {
            System.out.println("short-lived " + shortLived(root));
            System.out.println("transferred " + transferred(root));
            System.out.println("handed over " + handedOver(root));
            System.out.println("channels " + channels(root));
            System.out.println("Netty's view " + nettysView(root));
            System.out.println("large " + large(root));
            System.out.println(
                    "empty " + root.buffer(0).capacity() + " " + root.getEmpty().capacity());
            System.out.println("limited " + limited(root));
            System.out.println("released " + released(root));
            System.out.println("live " + root.getAllocatedMemory() + " peak " + root.getPeakMemoryAllocation());
        }
        System.out.println("own factory " + ownFactory());
        System.out.println("leaking " + leaking());
    }

    /** Where Arrow chooses its factory more than once. */
    private static long startedTogether() throws InterruptedException {
        AtomicLong sum = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < STARTED_TOGETHER; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                try (BufferAllocator root = new RootAllocator();
                        ArrowBuf buffer = root.buffer(BUFFER_BYTES)) {
                    buffer.setLong(8, number);
                    sum.addAndGet(buffer.getLong(8));
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return sum.get();
    }

    private static long shortLived(BufferAllocator root) {
        long sum = 0;
        for (int i = 0; i < SHORT_LIVED; i++) {
            ArrowBuf buffer = root.buffer(BUFFER_BYTES);
            buffer.setInt(0, i);
            buffer.setLong(4, i * 31L);
            buffer.setByte(ROUNDED_BYTES - 1, i);
            ArrowBuf slice = buffer.slice(4, 8);
            slice.getReferenceManager().retain();
            sum += buffer.getInt(0) + buffer.getByte(ROUNDED_BYTES - 1) + buffer.capacity();
            buffer.close();
            sum += slice.getLong(0) + slice.refCnt();
            slice.close();
        }
        return sum;
    }

    private static String transferred(BufferAllocator root) {
        long sum = 0;
        try (BufferAllocator child = root.newChildAllocator("child", 0, Long.MAX_VALUE)) {
            for (int i = 0; i < TRANSFERRED; i++) {
                ArrowBuf buffer = root.buffer(BUFFER_BYTES);
                buffer.setInt(8, i);
                ReferenceManager manager = buffer.getReferenceManager();
                ArrowBuf moved = manager.transferOwnership(buffer, child).getTransferredBuffer();
                buffer.close();
                sum += moved.getInt(8) + child.getAllocatedMemory() + root.getAllocatedMemory();
                moved.close();
            }
            return sum + " left " + child.getAllocatedMemory();
        }
    }

    private static long handedOver(BufferAllocator root) throws InterruptedException {
        BlockingQueue<ArrowBuf> queue = new LinkedBlockingQueue<>();
        Thread producer = new Thread(() -> {
            for (int i = 0; i < HANDED_OVER; i++) {
                ArrowBuf buffer = root.buffer(BUFFER_BYTES);
                buffer.setInt(0, i);
                queue.add(buffer);
            }
        });
        producer.start();
        long sum = 0;
        for (int i = 0; i < HANDED_OVER; i++) {
            ArrowBuf buffer = queue.take();
            sum += buffer.getInt(0);
            buffer.close();
        }
        producer.join();
        return sum;
    }

    private static String channels(BufferAllocator root) throws IOException {
        Path file = Files.createTempFile("buffers", ".tmp");
        try (ArrowBuf buffer = root.buffer(BUFFER_BYTES);
                ArrowBuf read = root.buffer(BUFFER_BYTES);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (int i = 0; i < ROUNDED_BYTES; i += 4) {
                buffer.setInt(i, i * 7);
            }
            ByteBuffer view = buffer.nioBuffer(0, ROUNDED_BYTES);
            channel.write(view, 0);
            channel.read(read.nioBuffer(0, ROUNDED_BYTES), 0);
            boolean isEqual = true;
            for (int i = 0; i < ROUNDED_BYTES; i++) {
                isEqual &= read.getByte(i) == buffer.getByte(i);
            }
            return "equal " + isEqual + " size " + channel.size() + " order " + view.order() + " direct "
                    + view.isDirect();
        } finally {
            Files.delete(file);
        }
    }

    private static long nettysView(BufferAllocator root) {
        try (ArrowBuf buffer = root.buffer(BUFFER_BYTES)) {
            buffer.setLong(16, 4711);
            NettyArrowBuf view = NettyArrowBuf.unwrapBuffer(buffer);
            view.setLong(24, view.getLong(16) + 1);
            return buffer.getLong(24) + view.capacity();
        }
    }

    private static long large(BufferAllocator root) {
        try (ArrowBuf buffer = root.buffer(LARGE_BYTES)) {
            buffer.setZero(0, LARGE_BYTES);
            buffer.setLong(LARGE_BYTES - 8, 5);
            return buffer.getLong(LARGE_BYTES - 8) + buffer.capacity();
        }
    }

    private static String limited(BufferAllocator root) {
        try (BufferAllocator small = root.newChildAllocator("small", 0, ROUNDED_BYTES);
                ArrowBuf first = small.buffer(BUFFER_BYTES)) {
            small.buffer(BUFFER_BYTES).close();
            return "not at all after " + first.capacity();
        } catch (OutOfMemoryException e) {
            return "refused";
        }
    }

    private static String released(BufferAllocator root) {
        ArrowBuf buffer = root.buffer(BUFFER_BYTES);
        boolean last = buffer.getReferenceManager().release();
        try {
            return last + " again " + buffer.getReferenceManager().release();
        } catch (IllegalStateException e) {
            return last + " again refused";
        }
    }

    /** An application's own choice, of which the policy has nothing. */
    private static long ownFactory() {
        try (BufferAllocator root = new RootAllocator(RootAllocator.configBuilder()
                        .allocationManagerFactory(UnsafeAllocationManager.FACTORY)
                        .build());
                ArrowBuf buffer = root.buffer(BUFFER_BYTES)) {
            buffer.setLong(0, 42);
            return buffer.getLong(0);
        }
    }

    private static String leaking() {
        BufferAllocator root = new RootAllocator();
        ArrowBuf buffer = root.buffer(BUFFER_BYTES);
        String closing = "unnoticed";
        try {
            root.close();
        } catch (IllegalStateException e) {
            closing = "noticed";
        }
        return closing + " " + buffer.capacity();
    }
}
