// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.IllegalReferenceCountException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Does with the buffers of Netty's default allocator what applications do, and prints what came of it. */
public final class DefaultBuffersApplication {

    static final int SHORT_LIVED = 20_000;
    static final int GROWING = 100;
    static final int HANDED_OVER = 1_000;
    static final int BUFFER_BYTES = 700;
    static final int GROWN_BYTES = 3_000;
    static final int LARGE_BYTES = 1 << 20;

    private static final ByteBufAllocator BUFFERS = ByteBufAllocator.DEFAULT;

    private DefaultBuffersApplication() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("short-lived " + shortLived());
        System.out.println("growing " + growing());
        System.out.println("handed over " + handedOver());
        System.out.println("channels " + channels());
        System.out.println("composite " + composite());
        System.out.println("large " + large());
        System.out.println("released " + released());
        System.out.println("allocator " + allocator());
    }

    /** By which Vert.x tells what it has to release. */
    private static String allocator() {
        ByteBuf buffer = BUFFERS.directBuffer(BUFFER_BYTES);
        String name = buffer.alloc().getClass().getName();
        buffer.release();
        return name;
    }

    private static long shortLived() {
        long sum = 0;
        for (int i = 0; i < SHORT_LIVED; i++) {
            ByteBuf buffer = BUFFERS.directBuffer(BUFFER_BYTES);
            buffer.writeInt(i).writeLong(i * 31L).writeDouble(i);
            ByteBuf slice = buffer.retainedSlice(4, 8);
            ByteBuf copy = buffer.copy();
            sum += buffer.readInt() + slice.readLong() + copy.getByte(19);
            sum += buffer.isDirect() && buffer.writableBytes() == BUFFER_BYTES - 20 ? 1 : 0;
            copy.release();
            buffer.release();
            slice.release();
        }
        return sum;
    }

    private static long growing() {
        long sum = 0;
        for (int i = 0; i < GROWING; i++) {
            ByteBuf buffer = BUFFERS.directBuffer(BUFFER_BYTES);
            buffer.writeInt(i);
            buffer.capacity(GROWN_BYTES);
            buffer.setInt(GROWN_BYTES - 4, i);
            sum += buffer.getInt(0) + buffer.getInt(GROWN_BYTES - 4);
            buffer.capacity(BUFFER_BYTES);
            sum += buffer.getInt(0) + buffer.capacity();
            buffer.release();
        }
        return sum;
    }

    private static long handedOver() throws InterruptedException {
        BlockingQueue<ByteBuf> queue = new LinkedBlockingQueue<>();
        Thread producer = new Thread(() -> {
            for (int i = 0; i < HANDED_OVER; i++) {
                queue.add(BUFFERS.directBuffer(BUFFER_BYTES).writeInt(i));
            }
        });
        producer.start();
        long sum = 0;
        for (int i = 0; i < HANDED_OVER; i++) {
            ByteBuf buffer = queue.take();
            sum += buffer.readInt();
            buffer.release();
        }
        producer.join();
        return sum;
    }

    private static String channels() throws IOException {
        Path file = Files.createTempFile("buffers", ".tmp");
        ByteBuf buffer = BUFFERS.directBuffer(BUFFER_BYTES);
        ByteBuf read = BUFFERS.directBuffer(BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (int i = 0; i < BUFFER_BYTES / 4; i++) {
                buffer.writeInt(i * 7);
            }
            ByteBuffer view = buffer.nioBuffer();
            buffer.readBytes(channel, 0L, BUFFER_BYTES);
            channel.write(view, BUFFER_BYTES);
            read.writeBytes(channel, BUFFER_BYTES, BUFFER_BYTES);
            return "equal " + ByteBufUtil.equals(read, 0, buffer, 0, BUFFER_BYTES) + " size " + channel.size()
                    + " order " + view.order();
        } finally {
            buffer.release();
            read.release();
            Files.delete(file);
        }
    }

    private static long composite() {
        CompositeByteBuf composite = BUFFERS.compositeDirectBuffer();
        for (int i = 0; i < 8; i++) {
            composite.addComponent(true, BUFFERS.directBuffer(BUFFER_BYTES).writeLong(i));
        }
        long sum = 0;
        while (composite.isReadable()) {
            sum = sum * 3 + composite.readLong();
        }
        composite.release();
        return sum;
    }

    private static long large() {
        ByteBuf buffer = BUFFERS.directBuffer(LARGE_BYTES);
        buffer.setZero(0, LARGE_BYTES).setLong(LARGE_BYTES - 8, 5);
        long sum = buffer.getLong(LARGE_BYTES - 8) + buffer.capacity();
        buffer.release();
        return sum;
    }

    private static String released() {
        ByteBuf buffer = BUFFERS.directBuffer(BUFFER_BYTES);
        boolean last = buffer.release();
        String read = "read";
        try {
            buffer.readByte();
        } catch (IllegalReferenceCountException e) {
            read = "refused";
        }
        try {
            return last + " " + read + " again " + buffer.release();
        } catch (IllegalReferenceCountException e) {
            return last + " " + read + " again refused";
        }
    }
}
