// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/** Asks for Arrow's buffers while the Java heap is full, and goes on when it has room. */
public final class ArrowFullHeap {

    static final int ROUNDS = 10;
    static final int BUFFERS = 100;

    private static final int WHILE_FULL = 12;
    private static final int ROOM = 100_000;

    private ArrowFullHeap() {}

    public static void main(String[] arguments) {
        BufferAllocator root =
                new RootAllocator(); // stays open: it may have lost count where Arrow itself found no room
        @Nullable Object[] kept = new Object[ROOM];
        long wrong = useOne(root, 0);
        for (int i = 0; i < ROUNDS; i++) {
            fill(kept);
            for (int j = 0; j < WHILE_FULL; j++) {
                try {
                    wrong += useOne(root, j);
                } catch (OutOfMemoryError e) {
                    // Arrow's own objects find no room either
                }
            }
            Arrays.fill(kept, null);
            for (int j = 0; j < BUFFERS; j++) {
                wrong += useOne(root, j % WHILE_FULL);
            }
        }
        System.out.println("wrong " + wrong);
    }

    private static void fill(@Nullable Object[] kept) {
        try {
            for (int i = 0; i < kept.length; i++) {
                kept[i] = new byte[512];
            }
        } catch (OutOfMemoryError e) {
            return;
        }
        throw new IllegalStateException("the heap is too large to be filled");
    }

    private static long useOne(BufferAllocator root, int number) {
        try (ArrowBuf buffer = root.buffer(16L << number)) {
            buffer.setLong(8, number);
            return buffer.getLong(8) - number;
        }
    }
}
