// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RemoteFreeRunTest {

    private static final int BLOCKS = 1024;

    private final BlockMap map = SlabMaps.twoMib();
    private final Slab slab = SlabMaps.slab(map, 1 << 20, 0, 64, 65536);
    private final Slab other = SlabMaps.slab(map, 1 << 21, 0, 64, 65536);
    private final RemoteFreeRun run = new RemoteFreeRun();

    @BeforeEach
    void handOutAllBlocks() {
        for (int i = 0; i < BLOCKS; i++) {
            SlabMaps.handOut(slab, map);
            SlabMaps.handOut(other, map);
        }
    }

    @AfterEach
    void release() {
        map.release();
    }

    @Test
    void shouldHandTheFirstOverAtOnceAndKeepThoseThatFollow() {
        assertTrue(run.free(slab, 5));
        assertFalse(slab.isLive(5));
        assertTrue(run.free(slab, 700));
        assertTrue(slab.isLive(700));
        assertEquals(1, run.count());
        assertEquals(64, run.byteSize());
        assertEquals(0, run.handOver());
        assertFalse(slab.isLive(700));
        assertEquals(0, run.count());
        assertEquals(0, slab.collectRemoteFrees());
        assertEquals(BLOCKS - 2, slab.outCount());
    }

    @Test
    void shouldBeHandedOverWhenFullOrOnAnotherSlab() {
        run.free(slab, 0);
        assertFalse(run.mustHandOverBefore(other));
        for (int i = 1; i <= RemoteFreeRun.MOST_BLOCKS; i++) {
            assertFalse(run.mustHandOverBefore(slab));
            assertTrue(run.free(slab, i));
            assertTrue(run.mustHandOverBefore(other));
        }
        assertTrue(run.mustHandOverBefore(slab));
    }

    @Test
    void shouldRefuseSecondFrees() {
        assertTrue(run.free(slab, 1));
        assertTrue(run.free(slab, 2));
        assertFalse(run.free(slab, 2));
        assertTrue(run.free(slab, 1), "is found out when the run is handed over");
        assertTrue(run.free(slab, 3));
        SlabMaps.takeBack(slab, map, (1 << 20) + 3 * 64);
        assertEquals(2, run.handOver());
        slab.collectRemoteFrees();
        assertEquals(BLOCKS - 3, slab.outCount());
        run.forget();
        assertFalse(run.free(slab, 3));
    }
}
