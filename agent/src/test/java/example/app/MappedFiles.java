// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Maps a file as buffers and as segments, some of them from within a page on, and ends the mappings in every way there is. */
public final class MappedFiles {

    /** In arenas that are closed, in one that lives on, of buffers that are freed at once, and by the collector. */
    public static final int CLOSED = 20;

    public static final int KEPT = 3;
    public static final int CLEANED = 10;
    public static final int COLLECTED = 5;
    public static final int BYTES = 100_000;
    /** Not a page's. */
    public static final int POSITION = 4096 + 100;

    private MappedFiles() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Files.createTempFile("mapped", ".bytes");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long sum = 0;
            try (Arena confined = Arena.ofConfined();
                    Arena shared = Arena.ofShared()) {
                sum += inArena(channel, CLOSED / 2, confined);
                sum += inArena(channel, CLOSED - CLOSED / 2, shared);
            }
            sum += inArena(channel, KEPT, Arena.global());
            sum += buffers(channel);
            collected(channel);
            fail(file, channel);
            System.out.println(sum + " " + channel.size());
        } finally {
            Files.delete(file);
        }
    }

    private static long inArena(FileChannel channel, int count, Arena arena) throws IOException {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            MemorySegment segment = channel.map(MapMode.READ_WRITE, POSITION, BYTES, arena);
            segment.set(ValueLayout.JAVA_BYTE, i, (byte) 1);
            sum += segment.get(ValueLayout.JAVA_BYTE, 0);
        }
        return sum;
    }

    private static long buffers(FileChannel channel) throws IOException {
        long sum = 0;
        for (int i = 0; i < CLEANED; i++) {
            MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, i, BYTES);
            sum += buffer.get(POSITION - i);
            RawMemory.clean(buffer);
        }
        return sum;
    }

    private static void collected(FileChannel channel) throws Exception {
        for (int i = 0; i < COLLECTED; i++) {
            channel.map(MapMode.PRIVATE, 0, BYTES).put(0, (byte) i);
        }
        BufferPoolMXBean mapped = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("mapped"))
                .findFirst()
                .orElseThrow();
        while (mapped.getCount() > KEPT) {
            System.gc();
            Thread.sleep(10);
        }
    }

    /** None of these is a mapping. */
    private static void fail(Path file, FileChannel writable) throws IOException {
        System.out.println(writable.map(MapMode.READ_WRITE, 0, 0).capacity());
        try (FileChannel channel = FileChannel.open(file)) {
            channel.map(MapMode.READ_ONLY, 0, 10L * BYTES);
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
        try (Arena arena = Arena.ofConfined()) {
            writable.map(MapMode.READ_ONLY, -1, BYTES, arena);
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }
    }
}
