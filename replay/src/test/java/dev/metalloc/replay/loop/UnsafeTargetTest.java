// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.metalloc.allocators.source.OffHeapMemory;
import org.junit.jupiter.api.Test;

class UnsafeTargetTest {

    private static final long BYTES = 1000;

    private final UnsafeTarget target = new UnsafeTarget();

    @Test
    void shouldZeroWhatIsAskedForZeroed() {
        for (int i = 0; i < 100; i++) {
            long dirty = target.allocate(BYTES, 1, false);
            OffHeapMemory.fill(dirty, BYTES, (byte) 0x5A);
            target.free(dirty);
            long zeroed = target.allocate(BYTES, 1, true);
            for (long at = zeroed; at < zeroed + BYTES; at++) {
                assertEquals(0, OffHeapMemory.readByte(at));
            }
            target.free(zeroed);
        }
    }

    @Test
    void shouldServeBlocksOfNoBytes() {
        long first = target.allocate(0, 1, true);
        long second = target.allocate(0, 1, false);
        assertNotEquals(0, first);
        assertNotEquals(first, second);
        second = target.reallocate(target.reallocate(second, 100), 0);
        assertNotEquals(0, second);
        target.free(first);
        target.free(second);
    }
}
