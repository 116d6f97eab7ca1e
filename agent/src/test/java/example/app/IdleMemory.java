// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringTokenizer;
import java.util.concurrent.locks.LockSupport;

/** Frees 64 MiB of raw memory and waits until half of it went back to the system, or for so many seconds. */
public final class IdleMemory {

    private static final int BLOCKS = 16_384;
    private static final long BLOCK_BYTES = 4_096;
    private static final long LOOK_NANOS = 20_000_000L;

    private IdleMemory() {}

    public static void main(String[] arguments) throws IOException {
        long[] blocks = new long[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = RawMemory.allocate(BLOCK_BYTES);
            RawMemory.fill(blocks[i], BLOCK_BYTES, (byte) 1);
        }
        long fullPages = residentPages();
        for (long block : blocks) {
            RawMemory.free(block);
        }
        long wantedPages = fullPages - BLOCKS / 2;
        long end = System.nanoTime() + Long.parseLong(arguments[0]) * 1_000_000_000L;
        while (residentPages() > wantedPages && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        System.out.println(residentPages() <= wantedPages ? "given back" : "kept");
    }

    private static long residentPages() throws IOException {
        StringTokenizer pages = new StringTokenizer(Files.readString(Path.of("/proc/self/statm")));
        pages.nextToken();
        return Long.parseLong(pages.nextToken());
    }
}
