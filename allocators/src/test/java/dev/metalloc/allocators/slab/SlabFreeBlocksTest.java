// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SlabFreeBlocksTest {

    private static final long ADDRESS = 1L << 32;
    private static final int BLOCK_BYTES = 48;

    @Test
    void shouldHandOutWhatWasPutBackInAnyOrderInTheOrderOfAddresses() {
        SlabFreeBlocks free = new SlabFreeBlocks(200);
        for (int index : new int[] {199, 64, 0, 63, 128}) {
            free.put(index);
        }
        long[] places = new long[5];
        free.take(places, 4, 4, ADDRESS, BLOCK_BYTES);
        assertArrayEquals(new long[] {0, address(128), address(64), address(63), address(0)}, places);
        assertTrue(free.has(199));
        assertFalse(free.has(128));
        assertEquals(199, free.take());
        assertEquals(0, free.count());
    }

    @Test
    void shouldDoAsASortedSetDoes() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            int blockCount = 1 + random.nextInt(300);
            SlabFreeBlocks free = new SlabFreeBlocks(blockCount);
            TreeSet<Integer> model = new TreeSet<>();
            for (int step = 0; step < 2_000; step++) {
                int index = random.nextInt(blockCount);
                switch (random.nextInt(8)) {
                    case 0 -> takeSeveral(free, model, random.nextInt(model.size() + 1));
                    case 1 -> takeOne(free, model);
                    default -> {
                        free.put(index);
                        model.add(index);
                    }
                }
                assertEquals(model.size(), free.count());
                assertEquals(model.contains(index), free.has(index));
            }
            free.clear();
            assertEquals(0, free.count());
        }
    }

    private static void takeSeveral(SlabFreeBlocks free, NavigableSet<Integer> model, int count) {
        long[] places = new long[count];
        free.take(places, count - 1, count, ADDRESS, BLOCK_BYTES);
        for (int place = count - 1; place >= 0; place--) {
            assertEquals(address(model.removeFirst()), places[place]);
        }
    }

    private static void takeOne(SlabFreeBlocks free, NavigableSet<Integer> model) {
        if (!model.isEmpty()) {
            assertEquals(model.removeFirst(), free.take());
        }
    }

    private static long address(int index) {
        return ADDRESS + (long) index * BLOCK_BYTES;
    }
}
