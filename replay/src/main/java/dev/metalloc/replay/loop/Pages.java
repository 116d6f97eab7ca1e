// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import dev.metalloc.allocators.source.OffHeapMemory;

/** Writes to blocks as a program would, at least as far as pages are concerned. */
public final class Pages {

    private static final long PAGE_BYTES = 4096;
    private static final int LINE_SHIFT = 6;
    /** Lines between those that are written in two pages after each other; odd, so that all of a page's have their turn. */
    private static final long LINE_STEP = 37;

    private Pages() {}

    /**
     * Writes one byte into every page that the bytes lie in, and no more: what an allocator holds without need stays untouched. Each page's at
     * another line: at the same one in all they would want the same few sets of the caches, and times would tell how memory happens to lie,
     * where a program writes blocks from end to end.
     */
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
        for (long page = (address | (PAGE_BYTES - 1)) + 1; page <= last; page += PAGE_BYTES) {
            OffHeapMemory.writeByte(Math.min(page + line(page), last), (byte) 1);
        }
    }

    private static long line(long page) {
        return ((page / PAGE_BYTES * LINE_STEP) << LINE_SHIFT) & (PAGE_BYTES - 1);
    }
}
