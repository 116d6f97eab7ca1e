// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BurstsTest {

    private static final int BYTES = 10;
    private static final int ENTRY_POINT = 4;

    private final Bursts bursts = new Bursts(new BurstRoom(), ENTRY_POINT, 1, null);
    private long clockBytes;

    private long allocate(boolean isGrown) {
        clockBytes += BYTES;
        bursts.allocated(clockBytes / BYTES, BYTES, clockBytes, isGrown, 0);
        return clockBytes;
    }

    private long[][] rows() {
        CollectedBursts collected = new CollectedBursts();
        bursts.addTo(collected);
        return collected.copies();
    }

    @Test
    void shouldKeepTheFirstBlocksInTurn() {
        long first = allocate(false);
        long second = allocate(true);
        bursts.ended(first, BYTES, true);

        long[] row = rows()[0];
        assertEquals(2, BurstRows.count(row));
        assertEquals(BYTES, BurstRows.byteSize(row, 0));
        assertEquals(BYTES, BurstRows.lifetimeBytes(row, 0));
        assertTrue(BurstRows.grows(row, 0));
        assertFalse(BurstRows.isGrown(row, 0));
        assertEquals(second, BurstRows.birthBytes(row, 1));
        assertEquals(BurstRows.LIVE, BurstRows.lifetimeBytes(row, 1));
        assertFalse(BurstRows.grows(row, 1));
        assertTrue(BurstRows.isGrown(row, 1));
    }

    @Test
    void shouldTellWhichOfTwoEndedFirst() {
        long first = allocate(false);
        long second = allocate(false);
        bursts.ended(second, BYTES, false);
        bursts.ended(first, 2 * BYTES, false);

        long[] row = rows()[0];
        assertEquals(1, BurstRows.rank(row, 0));
        assertEquals(0, BurstRows.rank(row, 1));
        assertEquals(2 * BYTES, BurstRows.lifetimeBytes(row, 0));
    }

    /** Of however many blocks: as many stretches as fit, each whole, evenly spread. */
    @Test
    void shouldSpreadStretchesOverAllThatIsAllocated() {
        for (int blocks : new int[] {5_000, 100_000, 1_000_000}) {
            while (clockBytes < (long) blocks * BYTES) {
                allocate(false);
            }
            long[][] rows = rows();
            assertTrue(rows.length >= Bursts.MOST / 2 - 1 && rows.length <= Bursts.MOST, rows.length + " stretches");
            Set<Long> distances = new HashSet<>();
            for (int i = 1; i < rows.length; i++) {
                distances.add(BurstRows.birthBytes(rows[i], 0) - BurstRows.birthBytes(rows[i - 1], 0));
                assertEquals(Bursts.LENGTH, BurstRows.count(rows[i - 1]));
            }
            assertTrue(distances.size() <= 1, "distances " + distances);
            assertTrue(
                    BurstRows.birthBytes(rows[rows.length - 1], 0) > clockBytes / 2,
                    "the last begins in the second half");
        }
    }

    /** Where each follows a few blocks only. */
    @Test
    void shouldBeginAsFarApartAsOthersOfTheEntryPointCameTo() {
        BurstRoom room = new BurstRoom();
        LiveBlockTable table = new LiveBlockTable(1024, AddressFilter.empty());
        assertEquals(Bursts.MOST_SAMPLED, stretches(new Bursts(room, ENTRY_POINT, 1, table), 2_048));
        assertEquals(Bursts.LENGTH, room.stride(ENTRY_POINT));
        stretches(new Bursts(room, ENTRY_POINT, 2, table), 200_000);
        long stride = room.stride(ENTRY_POINT);
        assertEquals(16_384, stride);

        int begun = 0;
        for (int seed = 3; seed < 103; seed++) {
            int half = stretches(new Bursts(room, ENTRY_POINT, seed, table), (int) stride / 2);
            assertTrue(half <= 1, half + " in half the distance of two");
            begun += half;
        }
        assertTrue(begun > 30 && begun < 70, begun + " of 100 threads were seen");
        assertTrue(new Bursts(room, ENTRY_POINT + 1, 3, table).wants(1));
    }

    private static int stretches(Bursts bursts, int blocks) {
        for (int block = 1; block <= blocks; block++) {
            bursts.allocated(block, BYTES, (long) block * BYTES, false, 0);
        }
        CollectedBursts collected = new CollectedBursts();
        bursts.addTo(collected);
        return collected.copies().length;
    }

    @Test
    void shouldFindAnyBlockThatEnds() {
        while (clockBytes < 100_000 * BYTES) {
            allocate(false);
        }
        for (long birth = BYTES; birth <= clockBytes; birth += BYTES) {
            bursts.ended(birth, birth * 3, false);
        }
        for (long[] row : rows()) {
            for (int i = 0; i < BurstRows.count(row); i++) {
                assertEquals(BurstRows.birthBytes(row, i) * 3, BurstRows.lifetimeBytes(row, i));
            }
        }
    }

    @Test
    void shouldChooseEvenlyAmongThreads() {
        CollectedBursts collected = new CollectedBursts();
        for (int thread = 0; thread < 1000; thread++) {
            long[] row = new long[Bursts.ROW];
            row[Bursts.BIRTHS] = thread;
            collected.add(row);
        }
        long[][] rows = collected.copies();
        assertTrue(rows.length > CollectedBursts.MOST / 2 - 1 && rows.length <= CollectedBursts.MOST);
        assertTrue(BurstRows.birthBytes(rows[rows.length - 1], 0) > 900);
    }
}
