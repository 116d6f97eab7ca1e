// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Takes buffers from Arrow's allocators; some change their owner on the way. */
public final class ArrowApplication {

    static final int BUFFERS = 2_000;
    static final int TRANSFERRED = 100;
    static final int STAYING = 7;
    static final int BUFFER_BYTES = 1_000;
    /** Arrow rounds up to powers of two. */
    static final int ROUNDED_BYTES = 1_024;

    private ArrowApplication() {}

    public static void main(String[] arguments) {
        long sum = 0;
        BufferAllocator root = new RootAllocator();
        for (int i = 0; i < BUFFERS; i++) {
            try (ArrowBuf buffer = root.buffer(BUFFER_BYTES)) {
                buffer.setInt(0, i);
                sum += buffer.getInt(0);
            }
        }
        BufferAllocator child = root.newChildAllocator("child", 0, Long.MAX_VALUE);
        for (int i = 0; i < TRANSFERRED; i++) {
            ArrowBuf buffer = root.buffer(BUFFER_BYTES);
            ArrowBuf moved = buffer.getReferenceManager()
                    .transferOwnership(buffer, child)
                    .getTransferredBuffer();
            buffer.close();
            moved.close();
        }
        child.close();
        for (int i = 0; i < STAYING; i++) {
            sum += root.buffer(BUFFER_BYTES).capacity();
        }
        System.out.println("sum=" + sum + " live=" + root.getAllocatedMemory());
    }
}
