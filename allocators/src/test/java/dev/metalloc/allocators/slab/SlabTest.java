// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlabTest {

    private static final long BASE = SlabMaps.BASE;

    private final BlockMap map = SlabMaps.twoMib();

    @AfterEach
    void release() {
        map.release();
    }

    @Test
    void shouldFindEveryBlockByItsAddressAndNothingElse() {
        for (int blockBytes = 16; blockBytes <= 65536; blockBytes += 16) {
            Slab slab = SlabMaps.slab(map, BASE, 0, blockBytes, 65536);
            int count = 0;
            for (long address = slab.takeFresh(0); address != 0; address = slab.takeFresh(0)) {
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
            Slab slab = SlabMaps.slab(map, BASE, 0, blockBytes, 1 << 20);
            int last = (1 << 20) / blockBytes - 1;
            assertEquals(last, slab.indexOf(BASE + (long) last * blockBytes));
            assertEquals(-1, slab.indexOf(BASE + (long) last * blockBytes + 15));
            assertEquals(-1, slab.indexOf(BASE + (long) (last + 1) * blockBytes));
        }
    }

    @Test
    void shouldTakeTheLowestBlockThatWasPutBackBeforeAFreshOne() {
        Slab slab = SlabMaps.slab(map, BASE, 0, 64, 4096);
        slab.state = Slab.CURRENT;
        long first = SlabMaps.handOut(slab, map);
        long second = SlabMaps.handOut(slab, map);
        assertEquals(2, slab.liveCount());
        SlabMaps.takeBack(slab, map, first);
        SlabMaps.takeBack(slab, map, second);
        assertEquals(64, slab.readyCount());
        slab.validate();
        assertEquals(first, SlabMaps.take(slab));
        assertEquals(second, SlabMaps.take(slab));
        assertEquals(0, slab.takeFree());
        assertEquals(BASE + 128, SlabMaps.take(slab));
        slab.validate();
    }

    @Test
    void shouldTakeNothingThatHasNoMemoryBehindIt() {
        Slab slab = new Slab(map, BASE, 0, 3000, 16384);
        assertEquals(0, slab.takeFresh(0));
        assertEquals(3000, slab.bytesForFresh());
        slab.noteCommitted(4096);
        assertEquals(1, slab.readyCount());
        assertEquals(BASE, slab.takeFresh(0));
        assertEquals(0, slab.takeFresh(0));
        assertEquals(6000, slab.bytesForFresh());
        assertTrue(slab.hasRoom());
        slab.noteCommitted(8192);
        assertEquals(BASE + 3000, slab.takeFresh(0));
        slab.noteCommitted(16384);
        assertEquals(3, slab.readyCount());
        slab.state = Slab.CURRENT;
        slab.validate();
    }

    @Test
    void shouldNoticeSecondFreesOfOtherThreads() {
        Slab slab = SlabMaps.slab(map, BASE, 0, 64, 4096);
        for (int i = 0; i < 64; i++) {
            SlabMaps.handOut(slab, map);
        }
        slab.state = Slab.CURRENT;
        assertEquals(0, slab.freeRemotely(0, 1L << 3));
        assertEquals(1, slab.freeRemotely(0, 1L << 3 | 1L << 63));
        assertEquals(62, slab.outCount());
        assertFalse(slab.isLive(3));
        assertTrue(slab.isLive(4));
        slab.announce(2);
        assertFalse(slab.isQuiet());
        assertEquals(0, slab.collectRemoteFrees());
        assertEquals(2, slab.freeRemotely(0, 1L << 3 | 1L << 63));
        assertFalse(map.isLive(BASE + 3 * 64));
        slab.validate();
    }

    @Test
    void shouldRefuseARemoteFreeTheOwnerWasFasterWith() {
        Slab slab = SlabMaps.slab(map, BASE, 0, 64, 4096);
        long address = SlabMaps.handOut(slab, map);
        assertEquals(0, slab.freeRemotely(0, 1));
        slab.announce(1);
        SlabMaps.takeBack(slab, map, address);
        assertEquals(1, slab.collectRemoteFrees());
        slab.validate();
        assertTrue(slab.isQuiet());
    }

    @Test
    void shouldNoticeABlockLostFromItsRecords() {
        Slab pooledWhileOut = SlabMaps.slab(map, BASE, 0, 64, 4096);
        pooledWhileOut.takeFresh(0);
        assertThrows(IllegalStateException.class, pooledWhileOut::validate);

        Slab resetWhileOut = SlabMaps.slab(map, BASE + 4096, 0, 64, 4096);
        resetWhileOut.state = Slab.CURRENT;
        resetWhileOut.takeFresh(0);
        resetWhileOut.validate();
        resetWhileOut.reset();
        assertThrows(IllegalStateException.class, resetWhileOut::validate);

        Slab putBackTwice = SlabMaps.slab(map, BASE + 2 * 4096, 0, 64, 4096);
        putBackTwice.state = Slab.CURRENT;
        long first = putBackTwice.takeFresh(0);
        putBackTwice.takeFresh(0);
        SlabMaps.put(putBackTwice, first);
        putBackTwice.validate();
        SlabMaps.put(putBackTwice, first);
        assertThrows(IllegalStateException.class, putBackTwice::validate);
    }

    @Test
    void shouldTakeAndPutBackManyAtOnce() {
        Slab slab = SlabMaps.slab(map, BASE, 0, 64, 4096);
        slab.state = Slab.CURRENT;
        long[] places = new long[8];
        slab.take(places, 3, 3);
        assertArrayEquals(new long[] {0, BASE + 128, BASE + 64, BASE, 0, 0, 0, 0}, places);
        assertEquals(2, slab.put(places, 2, 4));
        slab.validate();
        slab.take(places, 7, 4);
        assertArrayEquals(new long[] {BASE + 256, BASE + 192, BASE + 64, BASE}, Arrays.copyOfRange(places, 4, 8));
        places[6] = BASE + 4096;
        assertEquals(2, slab.put(places, 4, 8), "those before the first of another slab");
        assertEquals(3, slab.takenCount());
        slab.validate();
    }

    @Test
    void shouldNoticeMarksThatBelieItsRecords() {
        Slab freeButLive = SlabMaps.slab(map, BASE, 0, 64, 4096);
        freeButLive.state = Slab.CURRENT;
        freeButLive.takeFresh(0);
        long address = freeButLive.takeFresh(0);
        SlabMaps.put(freeButLive, address);
        map.set(address);
        assertThrows(IllegalStateException.class, freeButLive::validate);

        BlockMap coarse = SlabMaps.twoMib(6);
        try {
            Slab markedBesideItsBlock = SlabMaps.slab(coarse, BASE + 4096, 0, 64, 4096);
            markedBesideItsBlock.state = Slab.CURRENT;
            long block = markedBesideItsBlock.takeFresh(0);
            coarse.set(block);
            markedBesideItsBlock.validate();
            coarse.set(block + 16);
            assertThrows(IllegalStateException.class, markedBesideItsBlock::validate);
        } finally {
            coarse.release();
        }

        Slab freshButLive = SlabMaps.slab(map, BASE + 2 * 4096, 0, 64, 4096);
        freshButLive.state = Slab.CURRENT;
        map.set(BASE + 2 * 4096);
        assertThrows(IllegalStateException.class, freshButLive::validate);
    }

    @Test
    void shouldNoticeARemoteFreeOfWhatIsNotLive() {
        Slab slab = SlabMaps.slab(map, BASE, 0, 64, 4096);
        slab.state = Slab.CURRENT;
        long address = SlabMaps.handOut(slab, map);
        assertEquals(0, slab.freeRemotely(0, 1));
        slab.announce(1);
        slab.validate();
        map.clear(address);
        IllegalStateException e = assertThrows(IllegalStateException.class, slab::validate);
        assertEquals("slab of class 64: broken: remote frees are of live blocks", e.getMessage());
    }
}
