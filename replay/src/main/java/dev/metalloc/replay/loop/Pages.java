// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import dev.metalloc.allocators.source.OffHeapMemory;

/** Writes to blocks as a program would, at least as far as pages are concerned. */
public final class Pages {

    private static final long PAGE_BYTES = 4096;

    private Pages() {}

    /** Writes one byte into every page that the bytes lie in, and no more: what an allocator holds without need stays untouched. */
    public static void touch(long address, long byteSize) {
        long end = address + byteSize;
        for (long at = address; at < end; at = (at | (PAGE_BYTES - 1)) + 1) {
            OffHeapMemory.writeByte(at, (byte) 1);
        }
    }
}
