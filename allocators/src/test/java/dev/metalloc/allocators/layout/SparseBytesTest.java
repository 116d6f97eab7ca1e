// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SparseBytesTest {

    private static final int SIZE = 1 << 20;

    private final SparseBytes bytes = new SparseBytes(SIZE);

    @Test
    void shouldReadWhatWasSetAndZeroElsewhere() {
        bytes.set(70_000, -128);
        bytes.set(SIZE, 127);
        assertEquals(-128, bytes.get(70_000));
        assertEquals(127, bytes.get(SIZE));
        assertEquals(0, bytes.get(69_999));
        assertEquals(0, bytes.get(200_000));
        bytes.replace(70_000, 3);
        assertEquals(3, bytes.get(70_000));
        // Pages never written are shared, so a write must not show in another.
        assertEquals(0, bytes.get(70_000 + (1 << 16)));
    }
}
