// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SlabTest {

    private static final int BASE = 1 << 20;

    @Test
    void shouldFindEveryBlockByItsOffsetAndNothingElse() {
        for (int blockBytes = 16; blockBytes <= 65536; blockBytes += 16) {
            Slab slab = new Slab(BASE, 0, blockBytes, 65536, 0);
            int count = 0;
            while (slab.popFresh(0) != 0) {
                assertTrue(slab.isBlockStart(count * blockBytes));
                assertFalse(slab.isBlockStart(count * blockBytes + 1));
                assertFalse(slab.isBlockStart((count + 1) * blockBytes));
                count++;
            }
            assertEquals(65536 / blockBytes, count);
        }
    }

    @Test
    void shouldHandOutTheBlockFreedLast() {
        Slab slab = new Slab(BASE, 0, 64, 4096, 0);
        slab.setState(Slab.CURRENT);
        long first = slab.popFresh(0);
        long second = slab.popFresh(0);
        assertTrue(slab.push(0));
        assertFalse(slab.push(0));
        assertEquals(first, slab.pop());
        assertEquals(0, slab.pop());
        assertNotEquals(first, second);
        slab.validate();
    }

    @Test
    void shouldBeListedOnceForManyRemoteFrees() {
        Slab slab = new Slab(BASE, 0, 64, 4096, 0);
        for (int i = 0; i < 64; i++) {
            slab.popFresh(0);
        }
        slab.setState(Slab.CURRENT);
        assertEquals(Slab.FIRST_NOTED, slab.freeRemotely(3 * 4));
        assertEquals(Slab.NOTED, slab.freeRemotely(63 * 4));
        assertEquals(Slab.REFUSED, slab.freeRemotely(3 * 4));
        assertEquals(62, slab.liveCount());
        assertFalse(slab.push(3 * 4));
        assertEquals(0, slab.collectRemoteFrees());
        assertEquals(Slab.REFUSED, slab.freeRemotely(3 * 4));
        assertEquals(Slab.FIRST_NOTED, slab.freeRemotely(4 * 4));
        slab.validate();
    }

    @Test
    void shouldNoticeABlockLostFromItsRecords() {
        Slab pooledWhileLive = new Slab(BASE, 0, 64, 4096, 0);
        pooledWhileLive.popFresh(0);
        pooledWhileLive.setState(Slab.POOLED);
        assertThrows(IllegalStateException.class, pooledWhileLive::validate);

        Slab resetWhileLive = new Slab(BASE, 0, 64, 4096, 0);
        resetWhileLive.setState(Slab.CURRENT);
        resetWhileLive.popFresh(0);
        resetWhileLive.validate();
        resetWhileLive.reset();
        assertThrows(IllegalStateException.class, resetWhileLive::validate);
    }
}
