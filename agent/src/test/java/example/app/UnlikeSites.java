// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.util.ArrayDeque;

/** Three methods that use raw memory each in a way of its own: pairs, a queue whose blocks live for some fifty milliseconds, and blocks that grow. */
public final class UnlikeSites {

    public static final int ROUNDS = 1_200;
    public static final int QUEUED = 40;
    public static final int BYTES = 1 << 20;

    private UnlikeSites() {}

    public static void main(String[] arguments) throws InterruptedException {
        ArrayDeque<Long> queue = new ArrayDeque<>();
        for (int round = 0; round < ROUNDS; round++) {
            pair();
            enqueue(queue);
            grow();
            Thread.sleep(1);
        }
        queue.forEach(RawMemory::free);
    }

    private static void pair() {
        RawMemory.free(RawMemory.allocate(BYTES));
    }

    private static void enqueue(ArrayDeque<Long> queue) {
        queue.add(RawMemory.allocate(BYTES));
        if (queue.size() > QUEUED) {
            RawMemory.free(queue.remove());
        }
    }

    private static void grow() {
        RawMemory.free(RawMemory.reallocate(RawMemory.allocate(BYTES / 2), BYTES));
    }
}
