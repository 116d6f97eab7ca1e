// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The arenas that one thread opens; used by that thread alone.
 *
 * <p>Records of confined arenas go round, so that an arena per call allocates none. Each has a handle, by which whoever opened the arena
 * finds the record again: a number to be kept where there is no room for a reference.
 */
/* Implementation notes
 *
 * A handle, from the highest bit on: two of 0, so that much can be counted on top of it, the turn at which its record was opened (12 bits,
 * never 0), the record's place (14), four bits of no meaning. One that is out of date finds nothing before 4,095 more arenas were opened, one
 * of another recording in one of 4,095 cases.
 */
final class ThreadArenas {
    private static final int FREE_BITS = 4;
    private static final int PLACE_BITS = 14;
    /** Confined arenas open at once that have a handle. */
    static final int MAX_KEPT = 1 << PLACE_BITS;

    private static final int TURN_SHIFT = FREE_BITS + PLACE_BITS;
    private static final int MAX_TURN = (1 << (30 - TURN_SHIFT)) - 1;
    private static final int FIRST_KEPT = 4;

    private final ThreadRecorder thread;
    private @Nullable ArenaRecord[] kept = new @Nullable ArenaRecord[FIRST_KEPT];
    private int keptCount;
    /** Places in kept whose arenas are closed, the last closed on top. */
    private int[] closedPlaces = new int[FIRST_KEPT];

    private int closedCount;
    private int turn;
    private @Nullable FollowedBlocks spareFollowed;

    ThreadArenas(ThreadRecorder thread, long seed) {
        this.thread = thread;
        this.turn = (int) Long.remainderUnsigned(seed, MAX_TURN);
    }

    ArenaRecord open(int entryPoint) {
        EntryRecord entry = thread.entry(entryPoint);
        ArenaCounts arenas = entry.arenas;
        if (arenas == null) {
            throw new IllegalArgumentException("entryPoint: " + entryPoint + " (expected: one of the arenas)");
        }
        EntryRecord confined = thread.entryOrNull(Recorder.ARENA_CONFINED);
        if (confined != null && confined.arenas != null && confined.arenas.openCount() > 0) {
            entry.counters[EntryRow.NESTED_OPEN_COUNT]++;
        }
        ArenaRecord record = new ArenaRecord(entryPoint, thread, arenas, entry.quick, ArenaRecord.NO_PLACE);
        record.open(countOpen(entry, arenas), false, 0);
        return record;
    }

    /** Of an arena that only this thread, which is a platform thread, will use. */
    ArenaRecord openConfined() {
        EntryRecord entry = thread.entry(Recorder.ARENA_CONFINED);
        ArenaCounts arenas = entry.arenas;
        if (arenas == null) {
            return ArenaRecord.NONE;
        }
        if (arenas.openCount() > 0) {
            entry.counters[EntryRow.NESTED_OPEN_COUNT]++;
        }
        ArenaRecord record = closedRecord(entry, arenas);
        turn = turn >= MAX_TURN ? 1 : turn + 1;
        int place = record.place();
        int handle = place == ArenaRecord.NO_PLACE ? 0 : (turn << TURN_SHIFT) | (place << FREE_BITS);
        record.open(countOpen(entry, arenas), true, handle);
        return record;
    }

    /** The same for an arena that has nothing but the handle; 0, and nothing was opened, where there is none left. */
    int openByHandle() {
        return closedCount == 0 && keptCount == MAX_KEPT ? 0 : openConfined().handle();
    }

    /** The record of a confined arena that is open; null where the handle is no longer, or never was, one of this thread's. */
    @Nullable
    ArenaRecord confined(int handle) {
        int place = (handle >>> FREE_BITS) & (MAX_KEPT - 1);
        ArenaRecord record = place < kept.length ? kept[place] : null;
        return record != null && record.hasHandle((handle >>> FREE_BITS) << FREE_BITS) ? record : null;
    }

    /** The arena of this place was closed. */
    void closed(int place) {
        closedPlaces[closedCount++] = place;
    }

    FollowedBlocks takeFollowed() {
        FollowedBlocks spare = spareFollowed;
        spareFollowed = null;
        return spare != null ? spare : new FollowedBlocks();
    }

    void giveBack(FollowedBlocks blocks) {
        if (blocks.capacity() == FollowedBlocks.FIRST_CAPACITY) {
            blocks.clear();
            spareFollowed = blocks;
        }
    }

    long heldBytes() {
        return (long) keptCount * ArenaRecord.HELD_BYTES + 8L * kept.length;
    }

    private static long countOpen(EntryRecord entry, ArenaCounts arenas) {
        long[] counters = entry.counters;
        counters[EntryRow.OPEN_COUNT]++;
        long sequence = arenas.opened();
        long openCount = arenas.openCount();
        if (openCount > counters[EntryRow.MAX_OPEN_COUNT]) {
            counters[EntryRow.MAX_OPEN_COUNT] = openCount;
        }
        return sequence;
    }

    private ArenaRecord closedRecord(EntryRecord entry, ArenaCounts arenas) {
        if (closedCount > 0) {
            ArenaRecord record = kept[closedPlaces[--closedCount]];
            if (record != null) {
                return record;
            }
        }
        return addRecord(entry, arenas);
    }

    @OutOfLine
    private ArenaRecord addRecord(EntryRecord entry, ArenaCounts arenas) {
        if (keptCount == MAX_KEPT) {
            return new ArenaRecord(Recorder.ARENA_CONFINED, thread, arenas, entry.quick, ArenaRecord.NO_PLACE);
        }
        if (keptCount == kept.length) {
            closedPlaces = Arrays.copyOf(closedPlaces, 2 * keptCount);
            kept = Arrays.copyOf(kept, 2 * keptCount); // last: there may be no memory for either
        }
        ArenaRecord record = new ArenaRecord(Recorder.ARENA_CONFINED, thread, arenas, entry.quick, keptCount);
        kept[keptCount] = record;
        keptCount++;
        return record;
    }
}
