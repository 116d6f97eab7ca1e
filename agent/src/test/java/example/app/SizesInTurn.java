// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Asks each entry point for some blocks of each of the sizes given, grows the raw ones to the next size, and frees all of it. */
public final class SizesInTurn {

    public static final int BLOCKS = 100;

    private SizesInTurn() {}

    public static void main(String[] arguments) {
        long sum = 0;
        for (int i = 0; i < arguments.length; i++) {
            int byteSize = Integer.parseInt(arguments[i]);
            sum += raw(byteSize, Integer.parseInt(arguments[(i + 1) % arguments.length]));
            sum += buffers(byteSize);
            sum += arenas(byteSize, true) + arenas(byteSize, false);
        }
        System.out.println("sum " + sum);
    }

    private static long raw(int byteSize, int nextByteSize) {
        long sum = 0;
        long[] blocks = new long[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = RawMemory.allocate(byteSize);
            RawMemory.fill(blocks[i], byteSize, (byte) 1);
        }
        for (int i = 0; i < BLOCKS; i++) {
            long block = RawMemory.reallocate(blocks[i], nextByteSize);
            sum += RawMemory.byteAt(block) + RawMemory.byteAt(block + Math.min(byteSize, nextByteSize) - 1);
            RawMemory.free(block);
        }
        return sum;
    }

    private static long buffers(int byteSize) {
        long sum = 0;
        List<ByteBuffer> live = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(byteSize);
            sum += buffer.get(byteSize - 1);
            live.add(buffer.put(0, (byte) 1));
        }
        for (ByteBuffer buffer : live) {
            sum += buffer.get(0);
        }
        return sum;
    }

    private static long arenas(int byteSize, boolean isConfined) {
        long sum = 0;
        for (int i = 0; i < BLOCKS; i++) {
            try (Arena arena = isConfined ? Arena.ofConfined() : Arena.ofShared()) {
                MemorySegment segment = arena.allocate(byteSize);
                sum += segment.get(ValueLayout.JAVA_BYTE, byteSize - 1);
                sum += segment.fill((byte) 2).get(ValueLayout.JAVA_BYTE, 0);
            }
        }
        return sum;
    }
}
