// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import static example.app.ArenaSemantics.line;
import static example.app.ArenaSemantics.outcome;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The part of {@link ArenaSemantics} that copies into arenas: blocks that are overwritten at once. */
final class ArenaCopies {

    private ArenaCopies() {}

    /** What {@code allocateFrom} of every kind answers, and that what it left is not seen by whoever is promised zeros. */
    static void copies(String kind, Arena arena) {
        byte[] pattern = new byte[200_000];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = (byte) (i * 31);
        }
        for (int length : new int[] {0, 1, 100, 257, 3_000, 70_000, 200_000}) {
            MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_BYTE, Arrays.copyOf(pattern, length));
            line(kind + " from bytes " + length, Arrays.hashCode(copy.toArray(ValueLayout.JAVA_BYTE)));
        }
        ValueLayout.OfLong swapped = ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);
        line(
                kind + " from longs",
                arena.allocateFrom(swapped, 1, 2).get(ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN), 8));
        MemorySegment ints = MemorySegment.ofArray(new int[] {1, 2, 3});
        ValueLayout.OfInt layout = ValueLayout.JAVA_INT;
        line(kind + " from part", arena.allocateFrom(layout, ints, layout, 4, 2).getAtIndex(layout, 1));
        line(kind + " from beyond", outcome(() -> arena.allocateFrom(layout, ints, layout, 4, 3)));
        line(kind + " from before", outcome(() -> arena.allocateFrom(layout, ints, layout, -4, 1)));
        line(
                kind + " from bytes to ints",
                outcome(() -> arena.allocateFrom(layout, ints, ValueLayout.JAVA_BYTE, 0, 1)));
        MemorySegment many = MemorySegment.ofArray(new int[1_000]);
        line(kind + " much from beyond", outcome(() -> arena.allocateFrom(layout, many, layout, 4, 1_000)));
        line(kind + " much from bytes", outcome(() -> arena.allocateFrom(layout, many, ValueLayout.JAVA_BYTE, 0, 900)));
        line(kind + " much from no source", outcome(() -> arena.allocateFrom(layout, null, layout, 0, 900)));
        line(kind + " much from no layout", outcome(() -> arena.allocateFrom(layout, many, null, 0, 900)));
        line(kind + " from none", arena.allocateFrom(layout, ints, layout, 0, 0).byteSize());
        line(kind + " from negative", outcome(() -> arena.allocateFrom(layout, ints, layout, 0, -1)));
        line(kind + " from too many", outcome(() -> arena.allocateFrom(layout, ints, layout, 0, Long.MAX_VALUE)));
        line(kind + " from no source", outcome(() -> arena.allocateFrom(layout, null, layout, 0, 1)));
        line(kind + " from no layout", outcome(() -> arena.allocateFrom(null, ints, layout, 0, 1)));
        line(kind + " from no source layout", outcome(() -> arena.allocateFrom(layout, ints, null, 0, 1)));
        line(
                kind + " from much text",
                arena.allocateFrom("x".repeat(2_000_000)).getString(0).length());
        // What was written without being zeroed must not be seen by whoever is promised zeros.
        long sum = 0;
        for (byte each : arena.allocate(200_000).toArray(ValueLayout.JAVA_BYTE)) {
            sum += each;
        }
        line(kind + " zero after copies", sum);
    }

    /** Arenas with copies and without, one inside the other; answers 0 where all that was promised was zero. */
    static long zeroingAfterCopies() {
        long sum = 0;
        byte[] copied = new byte[20_000];
        Arrays.fill(copied, (byte) -1);
        for (int round = 0; round < 1_000; round++) {
            try (Arena arena = Arena.ofConfined()) {
                if (round % 97 < 3) {
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, Arrays.copyOf(copied, 200 + 37 * round % 20_000));
                }
                for (int size = 16; size < 20_000; size *= 5) {
                    for (byte each : arena.allocate(size).toArray(ValueLayout.JAVA_BYTE)) {
                        sum += each;
                    }
                }
                try (Arena inner = Arena.ofConfined()) {
                    sum += inner.allocateFrom(ValueLayout.JAVA_BYTE, Arrays.copyOf(copied, 300))
                                    .get(ValueLayout.JAVA_BYTE, 299)
                            + 1;
                    sum += inner.allocate(8).get(ValueLayout.JAVA_LONG, 0);
                }
            }
        }
        return sum;
    }
}
