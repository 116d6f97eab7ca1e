// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SparseBitmapTest {

    @Test
    void shouldBehaveLikeABitSet() {
        for (int size : new int[] {1, 64, 65_536, 65_537, 20_000_000}) {
            for (int seed = 1; seed <= 3; seed++) {
                compare(size, seed);
            }
        }
    }

    private static void compare(int size, int seed) {
        Random random = new Random(seed);
        SparseBitmap bitmap = new SparseBitmap(size);
        BitSet model = new BitSet();
        for (int i = 0; i < 3000; i++) {
            int index = random.nextInt(size);
            int set = model.nextSetBit(random.nextInt(size));
            if (random.nextInt(3) == 0 && set >= 0) {
                bitmap.clear(set);
                model.clear(set);
            } else {
                bitmap.set(index);
                model.set(index);
            }
            String at = "size " + size + ", seed " + seed + ", index " + index;
            assertEquals(model.get(index), bitmap.get(index), at);
            assertEquals(model.nextSetBit(index), bitmap.next(index), at);
            assertEquals(model.nextClearBit(index), bitmap.nextClear(index), at);
        }
        model.stream().forEach(bitmap::clear);
        assertEquals(-1, bitmap.next(0));
        bitmap.clear(size - 1);
        assertFalse(bitmap.get(size - 1));
    }
}
