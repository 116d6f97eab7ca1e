// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Threads, one after the other, open their first arenas, or ask for their first blocks, while the Java heap has no room for more than an arena's own objects,
 * and go on when it has.
 */
public final class FullHeap {

    public static final int THREADS = 10;
    public static final int ARENAS = 100;

    private static final int WHILE_FULL = 5;

    private static final int ROOM = 100_000;

    private FullHeap() {}

    /** {@code platform} or {@code virtual}; {@code blocks} for what is no arena. */
    public static void main(String[] arguments) throws InterruptedException {
        Thread.Builder builder = arguments[0].equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform();
        boolean isOfBlocks = arguments[0].equals("blocks");
        useOne(isOfBlocks, 0);
        @Nullable Object[] kept = new Object[ROOM];
        int[] wrong = new int[1];
        for (int i = 0; i < THREADS; i++) {
            builder.start(() -> {
                        fill(kept);
                        try {
                            for (int j = 0; j < WHILE_FULL; j++) {
                                wrong[0] += useOne(isOfBlocks, j);
                            }
                        } catch (OutOfMemoryError e) {
                            // the JDK's own arena finds no room either
                        } finally {
                            Arrays.fill(kept, null);
                        }
                        for (int j = 0; j < ARENAS; j++) {
                            wrong[0] += useOne(isOfBlocks, j);
                        }
                    })
                    .join();
        }
        System.out.println("wrong " + wrong[0]);
    }

    /** Leaves room for what is smaller than its objects alone, if for anything. */
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

    private static int useOne(boolean isBlock, int number) {
        return isBlock ? useBlock(16 + 40 * number) : useArena();
    }

    private static int useBlock(int byteSize) {
        long address = RawMemory.allocate(byteSize);
        boolean isThere = address != 0;
        RawMemory.free(address);
        return isThere ? 0 : 1;
    }

    private static int useArena() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(64);
            boolean isZero = segment.get(ValueLayout.JAVA_LONG, 56) == 0;
            segment.fill((byte) 1);
            return isZero ? 0 : 1;
        }
    }
}
