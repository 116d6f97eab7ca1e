// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NativeHeapTrimTest {

    private static final int BLOCKS = 4_000;
    private static final long BLOCK_BYTES = 16 << 10;

    /** The last block lives on, so that freeing the others lowers nothing by itself. */
    @Test
    void freedBlocksBelowALiveOneGoBackToTheSystem() throws IOException {
        assumeTrue(
                Linker.nativeLinker().defaultLookup().find("malloc_trim").isPresent(),
                "this C library gives back by itself");
        long[] blocks = new long[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = NativeHeap.malloc(BLOCK_BYTES);
            OffHeapMemory.fill(blocks[i], BLOCK_BYTES, (byte) 1);
        }
        long last = NativeHeap.malloc(BLOCK_BYTES);
        for (long block : blocks) {
            NativeHeap.free(block);
        }
        long before = residentPages();
        boolean isTrimmed = NativeHeapTrim.trim();
        long after = residentPages();
        NativeHeap.free(last);
        assertTrue(isTrimmed);
        long pages = BLOCKS * BLOCK_BYTES / 4096;
        assertTrue(before - after > pages / 2, before + " pages, then " + after + ", of " + pages);
    }

    private static long residentPages() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", 3)[1]);
    }
}
