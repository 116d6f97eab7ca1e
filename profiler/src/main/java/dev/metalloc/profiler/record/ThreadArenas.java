// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.jspecify.annotations.Nullable;

/**
 * The arenas that one thread opens; used by that thread alone, but for what says otherwise.
 *
 * <p>Each confined arena has a handle, by which whoever opened it finds its record again: a number to be kept where there is no room for
 * a reference.
 */
/* Implementation notes
 *
 * A handle, from the highest bit on: two of 0, so that much can be counted on top of it, the turn at which its record was opened (12 bits,
 * never 0), the record's place (14), four bits of no meaning. One that is out of date finds nothing before 4,095 more arenas were opened, one
 * of another recording in one of 4,095 cases.
 *
 * Most threads have one arena open at a time, and their counts need no more than one addition: as long as no other is opened, the sole arena is
 * nested in none, closes in order, and is the most that were open. Its record waits for the next one. Once another is opened beside it, it
 * is counted as all others are.
 */
final class ThreadArenas {
    private static final int FREE_BITS = 4;
    private static final int PLACE_BITS = 14;
    /** Confined arenas open at once that have a handle. */
    static final int MAX_KEPT = 1 << PLACE_BITS;

    private static final int TURN_SHIFT = FREE_BITS + PLACE_BITS;
    private static final int MAX_TURN = (1 << (30 - TURN_SHIFT)) - 1;

    private final ThreadRecorder thread;
    private final ArenaRecords records = new ArenaRecords(MAX_KEPT);
    /** A guess: most blocks are of the arena that was opened last, or of that of the block before. */
    private ArenaRecord latest = ArenaRecord.NONE;
    /** The record of the only arena that is open, or of the next one where none is; null while there are others. */
    private @Nullable ArenaRecord sole;
    /** Arenas that were opened as the only one and are not counted elsewhere. */
    private long soleOpenCount;

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
        leaveSole();
        EntryRecord confined = thread.entryOrNull(Recorder.ARENA_CONFINED);
        if (confined != null && confined.arenas != null && confined.arenas.openCount() > 0) {
            entry.counters[EntryRow.NESTED_OPEN_COUNT]++;
        }
        ArenaRecord record = new ArenaRecord(entryPoint, thread, arenas, entry.quick, ArenaRecord.NO_PLACE);
        record.open(countOpen(entry, arenas), false, 0);
        thread.recorder.countUnkeptRecord(1);
        return record;
    }

    /** Of an arena that only this thread, which is a platform thread, will use. */
    ArenaRecord openConfined() {
        ArenaRecord next = sole;
        if (next == null || !next.isClosed()) {
            return openBesideOthers();
        }
        soleOpenCount++;
        next.open(0, true, nextHandle(next.place()));
        return next;
    }

    /** The same for an arena that has nothing but the handle; 0, and nothing was opened, where there is none left. */
    int openByHandle() {
        ArenaRecord next = sole;
        boolean isLeft = (next != null && next.isClosed()) || records.haveOneLeft();
        return isLeft ? openConfined().handle() : 0;
    }

    @OutOfLine
    private ArenaRecord openBesideOthers() {
        EntryRecord entry = thread.entry(Recorder.ARENA_CONFINED);
        ArenaCounts arenas = entry.arenas;
        if (arenas == null) {
            return ArenaRecord.NONE;
        }
        leaveSole();
        if (arenas.openCount() > 0) {
            entry.counters[EntryRow.NESTED_OPEN_COUNT]++;
        }
        ArenaRecord record = records.takeClosed();
        if (record == null) {
            record = new ArenaRecord(Recorder.ARENA_CONFINED, thread, arenas, entry.quick, records.nextPlace());
            if (record.place() != ArenaRecord.NO_PLACE) {
                records.add(record);
            } else {
                thread.recorder.countUnkeptRecord(1);
            }
        }
        int place = record.place();
        record.open(countOpen(entry, arenas), true, place == ArenaRecord.NO_PLACE ? 0 : nextHandle(place));
        latest = record;
        return record;
    }

    /** Before an arena is opened beside the sole one, or one of another kind. */
    private void leaveSole() {
        ArenaRecord left = sole;
        if (left == null) {
            return;
        }
        if (left.isClosed()) {
            records.giveBack(left.place());
        } else {
            EntryRecord entry = thread.entry(Recorder.ARENA_CONFINED);
            ArenaCounts arenas = entry.arenas;
            if (arenas != null) {
                soleOpenCount--;
                left.renumber(countOpen(entry, arenas));
            }
        }
        sole = null;
    }

    private int nextHandle(int place) {
        turn = turn >= MAX_TURN ? 1 : turn + 1;
        return (turn << TURN_SHIFT) | (place << FREE_BITS);
    }

    /** The record of a confined arena that is open; null where the handle is no longer, or never was, one of this thread's. */
    @Nullable
    ArenaRecord confined(int handle) {
        int wanted = (handle >>> FREE_BITS) << FREE_BITS;
        return latest.hasHandle(wanted) ? latest : find(wanted);
    }

    private @Nullable ArenaRecord find(int handle) {
        ArenaRecord record = records.at((handle >>> FREE_BITS) & (MAX_KEPT - 1));
        if (record == null || !record.hasHandle(handle)) {
            return null;
        }
        latest = record;
        return record;
    }

    /** Whether the arena was the only one from its opening on: it is counted here, and its closing needs no more. */
    boolean isSole(ArenaRecord record) {
        return record == sole;
    }

    /** An arena whose record has a place was closed, and counted. */
    void closed(ArenaRecord record) {
        if (record == sole) {
            return;
        }
        ArenaCounts arenas = thread.entry(Recorder.ARENA_CONFINED).arenas;
        if (sole == null && arenas != null && arenas.openCount() == 0) {
            sole = record;
            latest = record;
        } else {
            records.giveBack(record.place());
        }
    }

    /** Adds what is not counted elsewhere to an {@link EntryRow}; any thread. */
    void addSoleTo(long[] counters) {
        ArenaRecord one = sole;
        long opened = soleOpenCount;
        counters[EntryRow.OPEN_COUNT] += opened;
        counters[EntryRow.CLOSE_COUNT] += one == null || one.isClosed() ? opened : opened - 1;
        counters[EntryRow.MAX_OPEN_COUNT] = Math.max(counters[EntryRow.MAX_OPEN_COUNT], Math.min(1, opened));
    }

    /** With the blocks of open arenas that are noted; any thread. */
    ArenaRecords records() {
        return records;
    }

    /** Empty ones, whose room is reserved; null where all arenas together may follow no more. */
    @Nullable
    FollowedBlocks takeFollowed() {
        FollowedBlocks spare = spareFollowed;
        spareFollowed = null;
        if (spare != null) {
            return spare;
        }
        FollowedBlocks made = new FollowedBlocks();
        return thread.recorder.reserveArenaBlocks(made.capacity()) ? made : null;
    }

    void giveBack(FollowedBlocks blocks) {
        if (spareFollowed == null && blocks.capacity() == FollowedBlocks.FIRST_CAPACITY) {
            blocks.clear();
            spareFollowed = blocks;
        } else {
            thread.recorder.releaseArenaBlocks(blocks.capacity());
        }
    }

    /** To be called once the thread has ended: its confined arenas can be closed no more. */
    void release() {
        FollowedBlocks spare = spareFollowed;
        spareFollowed = null;
        thread.recorder.releaseArenaBlocks(records.dropFollowed() + (spare == null ? 0 : spare.capacity()));
    }

    long heldBytes() {
        return records.heldBytes();
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
}
