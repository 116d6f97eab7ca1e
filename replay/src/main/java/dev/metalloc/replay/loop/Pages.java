// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import dev.metalloc.allocators.source.OffHeapMemory;

/** Writes to blocks as a program would, at least as far as pages are concerned. */
public final class Pages {

    private static final long PAGE_BYTES = 4096;

    private Pages() {}

    /** Writes one byte into every page that the bytes lie in, and no more: what an allocator holds without need stays untouched. */
    public static void touch(long address, long byteSize) {
        if (byteSize > 0) {
            OffHeapMemory.writeByte(address, (byte) 1);
            long last = address + byteSize - 1;
            if (((address ^ last) & -PAGE_BYTES) != 0) {
                touchFollowing(address, last);
            }
        }
    }

    private static void touchFollowing(long address, long last) {
        for (long at = (address | (PAGE_BYTES - 1)) + 1; at <= last; at += PAGE_BYTES) {
            OffHeapMemory.writeByte(at, (byte) 1);
        }
    }
}
