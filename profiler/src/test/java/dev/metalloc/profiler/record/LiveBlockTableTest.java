// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LiveBlockTableTest {
    private final long[] values = new long[LiveBlockTable.VALUES];

    @Test
    void answersWhatAMapWould() {
        LiveBlockTable table = new LiveBlockTable(1 << 20, AddressFilter.empty());
        Map<Long, Long> model = new HashMap<>();
        List<Long> live = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 300_000; i++) {
            if (live.size() < 40_000 || random.nextBoolean()) {
                long address = 16L * (1 + random.nextInt(1 << 20));
                if (model.putIfAbsent(address, (long) i) == null) {
                    assertTrue(table.insert(address, i, i + 1, i + 2, i + 3, i + 4));
                    live.add(address);
                }
            } else {
                int victim = random.nextInt(live.size());
                long address = live.get(victim);
                live.set(victim, live.getLast());
                live.removeLast();
                assertTaken(table, address, model.get(address));
                model.remove(address);
            }
        }
        for (long address : live) {
            assertTaken(table, address, model.get(address));
            model.remove(address);
        }
        assertEquals(0, table.droppedCount());
    }

    @Test
    void unknownAddressesAreNotFound() {
        LiveBlockTable table = new LiveBlockTable(1 << 14, AddressFilter.empty());
        table.insert(4096, 1, 0, 0, 0, 1);
        assertFalse(table.remove(4112, values));
        assertFalse(table.remove(0, values));
        assertTrue(table.remove(4096, values));
        assertFalse(table.remove(4096, values), "a double free finds nothing");
    }

    @Test
    void blocksBeyondTheCapAreCountedAsDropped() {
        int maxBlocks = 1 << 14;
        LiveBlockTable table = new LiveBlockTable(maxBlocks, AddressFilter.empty());
        List<Long> inserted = new ArrayList<>();
        for (int i = 1; i <= 100_000; i++) {
            if (table.insert(i * 64L, i, 0, 0, 0, i)) {
                inserted.add(i * 64L);
            }
        }
        assertTrue(inserted.size() >= maxBlocks && inserted.size() <= 2 * maxBlocks, "" + inserted.size());
        assertEquals(100_000 - inserted.size(), table.droppedCount());
        long slotBytes = (1 + LiveBlockTable.VALUES) * Long.BYTES;
        assertTrue(table.heldBytes()
                <= 2L * maxBlocks * slotBytes + AddressFilter.empty().heldBytes());
        for (long address : inserted) {
            assertTrue(table.remove(address, values));
            assertEquals(address / 64, values[LiveBlockTable.SIZE]);
        }
        assertTrue(table.insert(64, 1, 0, 0, 0, 1), "what was freed is room again");
    }

    /** Old blocks stay where they were put while the table grows past them. */
    @Test
    void blocksFromBeforeAGrowthAreFound() {
        LiveBlockTable table = new LiveBlockTable(1 << 18, AddressFilter.open());
        long held = table.heldBytes();
        table.insert(16, 16, 0, 0, 0, 1);
        for (int i = 2; i <= 100_000; i++) {
            assertTrue(table.insert(i * 16L, i * 16L, 0, 0, 0, i));
        }
        assertTrue(table.heldBytes() > 16 * held, "" + table.heldBytes());
        for (int i = 1; i <= 100_000; i++) {
            assertTrue(table.remove(i * 16L, values), "block " + i);
            assertEquals(i * 16L, values[LiveBlockTable.SIZE]);
        }
    }

    @Test
    void filterRulesOutWhatWasTakenOut() {
        LiveBlockTable table = new LiveBlockTable(1 << 14, AddressFilter.empty());
        table.insert(4096, 1, 0, 0, 0, 1);
        table.insert(4096, 2, 0, 0, 0, 2);
        assertTrue(table.filter.mayHold(4096));
        assertTrue(table.remove(4096, values));
        assertFalse(table.filter.mayHold(4096), "the stale block counts no longer");
    }

    @Test
    void emptyTableDropsEverything() {
        LiveBlockTable table = new LiveBlockTable(0, AddressFilter.empty());
        assertFalse(table.insert(64, 1, 0, 0, 0, 1));
        assertFalse(table.remove(64, values));
        assertEquals(1, table.droppedCount());
    }

    @Test
    void addressThatComesAgainReplacesItsStaleSelf() {
        LiveBlockTable table = new LiveBlockTable(1 << 14, AddressFilter.empty());
        table.insert(64, 1, 0, 0, 0, 1);
        table.insert(64, 2, 0, 0, 0, 2);
        assertTrue(table.remove(64, values));
        assertEquals(2, values[LiveBlockTable.SIZE]);
        assertFalse(table.remove(64, values));
    }

    @Test
    void threadsDoNotLoseEachOthersBlocks() throws InterruptedException {
        LiveBlockTable table = new LiveBlockTable(1 << 20, AddressFilter.empty());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            long id = t + 1L;
            threads.add(Thread.ofPlatform()
                    .uncaughtExceptionHandler((thread, e) -> failure.set(e))
                    .start(() -> churn(table, id)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertNull(failure.get());
        assertEquals(0, table.droppedCount());
    }

    /** Addresses of the threads interleave, so that they fight for the same slots. */
    private static void churn(LiveBlockTable table, long id) {
        long[] taken = new long[LiveBlockTable.VALUES];
        SplittableRandom random = new SplittableRandom(id);
        boolean[] live = new boolean[10_000];
        for (int i = 0; i < 400_000; i++) {
            int block = random.nextInt(live.length);
            long address = (block * 4L + id) * 16;
            if (live[block]) {
                if (!table.remove(address, taken) || taken[LiveBlockTable.META] != id || taken[0] != address) {
                    throw new AssertionError("lost or mixed up " + address);
                }
            } else if (!table.insert(address, address, i, i, id, i)) {
                throw new AssertionError("no room");
            }
            live[block] ^= true;
        }
    }

    private void assertTaken(LiveBlockTable table, long address, @Nullable Long expected) {
        long i = Objects.requireNonNull(expected);
        assertTrue(table.remove(address, values));
        assertEquals(i, values[LiveBlockTable.SIZE]);
        assertEquals(i + 1, values[LiveBlockTable.BIRTH_BYTES]);
        assertEquals(i + 2, values[LiveBlockTable.BIRTH_NANOS]);
        assertEquals(i + 3, values[LiveBlockTable.META]);
        assertEquals(i + 4, values[LiveBlockTable.ORDER_MARK]);
    }
}
