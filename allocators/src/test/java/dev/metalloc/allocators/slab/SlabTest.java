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
    void shouldFindEveryBlockByItsAddressAndNothingElse() {
        for (int blockBytes = 16; blockBytes <= 65536; blockBytes += 16) {
            Slab slab = new Slab(BASE, 0, blockBytes, 65536, 0);
            int count = 0;
            for (long address = slab.popFresh(0); address != 0; address = slab.popFresh(0)) {
                assertEquals(BASE + (long) count * blockBytes, address);
                assertEquals(count, slab.indexOf(address));
                assertEquals(-1, slab.indexOf(address + 1));
                assertEquals(-1, slab.indexOf(address + blockBytes - 1));
                assertTrue(slab.wasBlock(address));
                assertFalse(slab.wasBlock(address + blockBytes));
                count++;
            }
            assertEquals(65536 / blockBytes, count);
            assertEquals(-1, slab.indexOf(BASE - 16));
            assertEquals(-1, slab.indexOf(BASE + 65536));
        }
    }

    @Test
    void shouldFindBlocksOfTheLargestSlabs() {
        for (int blockBytes = 16; blockBytes <= 1 << 20; blockBytes += blockBytes < 4096 ? 16 : 4080) {
            Slab slab = new Slab(BASE, 0, blockBytes, 1 << 20, 0);
            int last = Math.min((1 << 20) / blockBytes, 0xfffe) - 1;
            assertEquals(last, slab.indexOf(BASE + (long) last * blockBytes));
            assertEquals(-1, slab.indexOf(BASE + (long) last * blockBytes + 15));
            assertEquals(-1, slab.indexOf(BASE + (long) (last + 1) * blockBytes));
        }
    }

    @Test
    void shouldHandOutTheBlockFreedLast() {
        Slab slab = new Slab(BASE, 0, 64, 4096, 0);
        slab.state = Slab.CURRENT;
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
    void shouldNoticeSecondFreesOfOtherThreads() {
        Slab slab = new Slab(BASE, 0, 64, 4096, 0);
        for (int i = 0; i < 64; i++) {
            slab.popFresh(0);
        }
        slab.state = Slab.CURRENT;
        assertEquals(0, slab.freeRemotely(0, 1L << 3));
        assertEquals(1, slab.freeRemotely(0, 1L << 3 | 1L << 63));
        assertEquals(62, slab.liveCount());
        assertFalse(slab.push(3));
        slab.announce(2);
        assertEquals(0, slab.collectRemoteFrees());
        assertEquals(2, slab.freeRemotely(0, 1L << 3 | 1L << 63));
        slab.validate();
        assertTrue(slab.push(4));
        assertTrue(slab.isQuiet() || !slab.isEmpty());
    }

    @Test
    void shouldNoticeABlockLostFromItsRecords() {
        Slab pooledWhileLive = new Slab(BASE, 0, 64, 4096, 0);
        pooledWhileLive.popFresh(0);
        pooledWhileLive.state = Slab.POOLED;
        assertThrows(IllegalStateException.class, pooledWhileLive::validate);

        Slab resetWhileLive = new Slab(BASE, 0, 64, 4096, 0);
        resetWhileLive.state = Slab.CURRENT;
        resetWhileLive.popFresh(0);
        resetWhileLive.validate();
        resetWhileLive.reset();
        assertThrows(IllegalStateException.class, resetWhileLive::validate);

        Slab listedTwice = new Slab(BASE, 0, 64, 4096, 0);
        listedTwice.state = Slab.CURRENT;
        listedTwice.popFresh(0);
        listedTwice.popFresh(0);
        listedTwice.push(0);
        listedTwice.validate();
        listedTwice.head = 1;
        assertThrows(IllegalStateException.class, listedTwice::validate);
    }
}
