// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HeapMappingsTest {
    private static final long MIB = 1L << 20;
    private static final String LIBRARY =
            "7f9000000000-7f9000028000 r--p 00000000 fe:00 123                        /usr/lib/x86_64-linux-gnu/libc.so.6\n";

    @Test
    void shouldCountTheMainHeapThatTheKernelNames() {
        assertHeld(
                4 * MIB, LIBRARY + "562aa4500000-562aa4900000 rw-p 00000000 00:00 0                          [heap]\n");
    }

    @Test
    void shouldCountTheFirstPartOfAHeapWithARest() {
        assertHeld(
                37 * MIB,
                LIBRARY
                        + "7f825c000000-7f825e500000 rw-p 00000000 00:00 0 \n"
                        + "7f825e500000-7f8260000000 ---p 00000000 00:00 0 \n");
    }

    @Test
    void shouldCountAFullHeapWithoutARest() {
        assertHeld(64 * MIB, LIBRARY + "7f825c000000-7f8260000000 rw-p 00000000 00:00 0 \n");
        assertHeld(
                64 * MIB,
                LIBRARY
                        + "7f825c000000-7f8260000000 rw-p 00000000 00:00 0 \n"
                        + "7f8260000000-7f8260001000 ---p 00000000 00:00 0 \n");
    }

    @Test
    void shouldCountHeapsThatTheKernelShowsAsOne() {
        assertHeld(
                80 * MIB,
                LIBRARY
                        + "7f825c000000-7f8261000000 rw-p 00000000 00:00 0 \n"
                        + "7f8261000000-7f8264000000 ---p 00000000 00:00 0 \n"
                        + "7f8264000000-7f8264000001 r--p 00000000 00:00 0 \n");
    }

    @Test
    void shouldCountHeapsBesideEachOther() {
        assertHeld(
                3 * MIB,
                LIBRARY
                        + "7f825c000000-7f825c100000 rw-p 00000000 00:00 0 \n"
                        + "7f825c100000-7f8260000000 ---p 00000000 00:00 0 \n"
                        + "7f8260000000-7f8260200000 rw-p 00000000 00:00 0 \n"
                        + "7f8260200000-7f8264000000 ---p 00000000 00:00 0 \n");
    }

    @Test
    void shouldCountNoJavaHeap() {
        assertHeld(
                0,
                LIBRARY
                        // Compressed references: below 64 GiB.
                        + "f0000000-100000000 rw-p 00000000 00:00 0 \n"
                        + "800000000-804000000 rw-p 00000000 00:00 0 \n"
                        // Committed as a whole, and for a part.
                        + "7e0000000000-7e0200000000 rw-p 00000000 00:00 0 \n"
                        + "7e1000000000-7e1010000000 rw-p 00000000 00:00 0 \n"
                        + "7e1010000000-7e1200000000 ---p 00000000 00:00 0 \n");
    }

    @Test
    void shouldCountNothingElse() {
        assertHeld(
                0,
                LIBRARY
                        // It begins elsewhere, has no rest, or one that ends elsewhere.
                        + "7f825c001000-7f825e500000 rw-p 00000000 00:00 0 \n"
                        + "7f825e500000-7f8260000000 ---p 00000000 00:00 0 \n"
                        + "7f8264000000-7f8264100000 rw-p 00000000 00:00 0 \n"
                        + "7f8264100000-7f8264200000 r--p 00000000 00:00 0 \n"
                        + "7f8268000000-7f8268100000 rw-p 00000000 00:00 0 \n"
                        + "7f8268100000-7f8268200000 ---p 00000000 00:00 0 \n"
                        + "7f826c000000-7f826c100000 rw-p 00000000 00:00 0 \n"
                        + "7f826c200000-7f8270000000 ---p 00000000 00:00 0 \n"
                        // Shared, of a file, named, or to be run.
                        + "7f8270000000-7f8274000000 rw-s 00000000 00:00 0 \n"
                        + "7f8274000000-7f8278000000 rw-p 00000000 fe:00 7                          /data file\n"
                        + "7f8278000000-7f827c000000 rw-p 00000000 00:00 0                          [anon: mine]\n"
                        + "7f827c000000-7f8280000000 rwxp 00000000 00:00 0 \n");
    }

    @Test
    void shouldKnowNothingWithoutGlibc() {
        assertUnknown("562aa4500000-562aa4900000 rw-p 00000000 00:00 0                          [heap]\n");
        assertUnknown("7f9000000000-7f9000028000 r-xp 00000000 fe:00 123       /lib/ld-musl-x86_64.so.1\n");
        assertUnknown("");
    }

    @Test
    void shouldKnowNothingBesideAnotherAllocator() {
        for (String name : new String[] {"libjemalloc.so.2", "libtcmalloc_minimal.so.4", "libmimalloc.so.3.0"}) {
            assertUnknown(LIBRARY + "7f8000000000-7f8000028000 r-xp 00000000 fe:00 12 /usr/lib/" + name + "\n");
        }
        assertHeld(0, LIBRARY + "7f8000000000-7f8000028000 r--p 00000000 fe:00 12 /home/jemalloc/app.jar\n");
    }

    @Test
    void shouldKnowNothingOfLinesThatItDoesNotUnderstand() {
        String heap = "7f825c000000-7f8260000000 rw-p 00000000 00:00 0 \n";
        assertUnknown(LIBRARY + heap.substring(0, heap.length() - 1));
        for (String line : new String[] {
            "\n",
            "garbage\n",
            "7f825c000000\n",
            "7f825c000000-\n",
            "7f825c000000-7f8260000000\n",
            "7f825c000000-7f8260000000 rw-p 00000000\n",
            "7f825c000000-7f8260000000 rw-p 00000000 00:00\n",
            "7f8260000000-7f825c000000 rw-p 00000000 00:00 0 \n",
            "00007f825c0000000-7f8260000000 rw-p 00000000 00:00 0 \n",
            "7f825c00000x-7f8260000000 rw-p 00000000 00:00 0 \n",
            "7f825c000000-7f8260000000 rw-p 00000000 00:00 0 /" + "a".repeat(10_000) + "\n"
        }) {
            assertUnknown(LIBRARY + line + heap);
        }
    }

    @Test
    void shouldTakeAnythingWithoutAFault() {
        SplittableRandom random = new SplittableRandom(3);
        String letters = "0123456789abcdef- rwxp:[]/\n\n";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder(LIBRARY);
            for (int i = random.nextInt(120); i > 0; i--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            held(text.toString(), 1 + random.nextInt(100));
        }
    }

    private static void assertHeld(long bytes, String text) {
        for (int step : new int[] {1, 7, 8192}) {
            assertEquals(OptionalLong.of(bytes), held(text, step), text);
        }
    }

    private static void assertUnknown(String text) {
        assertEquals(OptionalLong.empty(), held(text, 8192), text);
    }

    private static OptionalLong held(String text, int step) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        HeapMappings mappings = new HeapMappings();
        for (int at = 0; at < bytes.length; at += step) {
            byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + step));
            mappings.add(part, part.length);
        }
        return mappings.heldBytes();
    }
}
