// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.jspecify.annotations.Nullable;

/**
 * The blocks of one arena, which all end together.
 *
 * <p>Confined arenas: one thread at a time, as the arena itself. Others: any thread, many at once. All blocks are counted
 * exactly; those that are followed also have a lifetime, but no more than {@value #MAX_FOLLOWED} in one arena, nor more than
 * all arenas together may follow.
 */
public final class ArenaRecord {
    static final int MAX_FOLLOWED = 4096;
    /** Of a record that {@link ArenaRecords} does not keep. */
    static final int NO_PLACE = -1;

    /** The object and its small arrays, rounded up. */
    static final int HELD_BYTES = 384;

    /** Stands for the record of an arena that is not recorded. */
    public static final ArenaRecord NONE =
            new ArenaRecord(Recorder.ARENA_CONFINED, null, null, QuickCounts.none(), NO_PLACE);

    private final int entryPoint;
    private final int place;
    private final @Nullable ThreadRecorder opener;
    private final @Nullable ArenaCounts openerCounts;
    private final QuickCounts openerQuick;
    /** Null where the arena itself lets only one thread in. Guards all fields below. */
    private final @Nullable RecorderSpinLock lock;

    private final ArenaTally tally;
    private long sequence;
    private int handle;
    private boolean confined;
    private boolean closed = true;
    private @Nullable FollowedBlocks followed;

    ArenaRecord(
            int entryPoint,
            @Nullable ThreadRecorder opener,
            @Nullable ArenaCounts openerCounts,
            QuickCounts openerQuick,
            int place) {
        this.entryPoint = entryPoint;
        this.place = place;
        this.opener = opener;
        this.openerCounts = openerCounts;
        this.openerQuick = openerQuick;
        // Blocks are noted where ArenaRecords finds them.
        this.tally = new ArenaTally(place == NO_PLACE ? 0 : ArenaTally.NOTED_SIZES);
        this.lock = entryPoint == Recorder.ARENA_CONFINED ? null : new RecorderSpinLock();
    }

    void open(long openedSequence, boolean isConfined, int openedHandle) {
        sequence = openedSequence;
        confined = isConfined;
        handle = openedHandle;
        closed = false;
    }

    /** Gives an arena that is open another number. */
    void renumber(long openedSequence) {
        sequence = openedSequence;
    }

    /** Confined arenas only: any thread, which may see it late. */
    boolean isClosed() {
        return closed;
    }

    int place() {
        return place;
    }

    /** Any thread. */
    ArenaTally tally() {
        return tally;
    }

    /** By which {@link ThreadRecorder#confinedArena} finds the record until the arena is closed; 0 where there is none. */
    int handle() {
        return handle;
    }

    boolean hasHandle(int wanted) {
        return handle == wanted && wanted != 0;
    }

    /** The recorder of the only thread that uses the arena; null where there may be others, or other carriers. */
    public @Nullable ThreadRecorder confinedTo() {
        return confined ? opener : null;
    }

    /**
     * Whether the arena is of the recording that the thread records for. Of one that was opened in an earlier recording nothing is to be counted,
     * as of those that were opened before any; but for the global arena, which is there for all, and never closed.
     */
    public boolean isOf(ThreadRecorder current) {
        return entryPoint == Recorder.ARENA_GLOBAL || (opener != null && opener.recorder == current.recorder);
    }

    /** The quick way for most blocks of an arena that is confined; false where {@link #allocated} has to count the block. */
    public boolean allocatedQuickly(long byteSize, long byteAlignment, boolean zeroed) {
        if (!confined || tally.isFull() || !openerQuick.allocated(byteSize, byteAlignment, zeroed)) {
            return false;
        }
        tally.note(byteSize);
        return true;
    }

    /** A block was allocated in the arena by the current thread, whose recorder is given. */
    public void allocated(ThreadRecorder current, long byteSize, long byteAlignment, int flags) {
        if (lock == null && closed) {
            return; // not recorded
        }
        EntryRecord entry = current.entry(entryPoint);
        int band = SizeBands.band(byteSize);
        long[] row = entry.band(band);
        boolean due = current.countAllocation(entry, row, band, byteSize, byteAlignment, flags);
        boolean isCertain = current.isCertain(row);
        current.flushArenaBytes(entry);
        if (lock == null) {
            tally.add(band, byteSize);
        } else if (!addLocked(lock, band, byteSize)) {
            // The arena was closed between the allocation and this call: the block is gone already.
            BandRow.countBulkFree(row, 1, byteSize);
            entry.freedArenaBytes += byteSize;
            return;
        }
        if (due || isCertain) {
            follow(current, entry, row, byteSize, isCertain);
        }
    }

    @ReservedStack
    private boolean addLocked(RecorderSpinLock held, int band, long byteSize) {
        held.acquire();
        try {
            if (!closed && entryPoint != Recorder.ARENA_GLOBAL) {
                tally.add(band, byteSize);
            }
            return !closed;
        } finally {
            held.release();
        }
    }

    private void follow(ThreadRecorder current, EntryRecord entry, long[] row, long byteSize, boolean isCertain) {
        long meta = current.pickedMeta(entry, byteSize, isCertain);
        if (entryPoint == Recorder.ARENA_GLOBAL) {
            return; // never closed
        }
        addFollowed(current, row, byteSize, meta);
    }

    @ReservedStack
    private void addFollowed(ThreadRecorder current, long[] row, long byteSize, long meta) {
        if (lock != null) {
            lock.acquire();
        }
        try {
            FollowedBlocks blocks = closed ? null : roomy(current);
            if (blocks != null) {
                blocks.add(byteSize, current.allocatedBytes(), current.recorder.elapsedNanos(), meta);
                long weight = current.odds.weight(byteSize, meta);
                BandRow.countFollowed(row, weight, ByteSampler.weightedBytes(byteSize, weight));
            }
        } finally {
            if (lock != null) {
                lock.release();
            }
        }
    }

    /** With room for one more followed block; null where the arena, or all of them together, may follow no more. */
    private @Nullable FollowedBlocks roomy(ThreadRecorder current) {
        FollowedBlocks blocks = followed;
        if (blocks == null) {
            blocks = current.arenas.takeFollowed();
            followed = blocks;
        }
        if (blocks == null || (blocks.isFull() && !grow(current.recorder, blocks))) {
            current.recorder.countDroppedArenaBlock();
            return null;
        }
        return blocks;
    }

    private static boolean grow(Recorder recorder, FollowedBlocks blocks) {
        int capacity = blocks.capacity();
        if (capacity >= MAX_FOLLOWED || !recorder.reserveArenaBlocks(capacity)) {
            return false;
        }
        try {
            blocks.growTo(2 * capacity);
        } finally {
            if (blocks.capacity() == capacity) {
                recorder.releaseArenaBlocks(capacity); // no memory
            }
        }
        return true;
    }

    /** Drops the followed blocks; answers what they had room for. */
    int dropFollowed() {
        FollowedBlocks blocks = followed;
        followed = null;
        return blocks == null ? 0 : blocks.capacity();
    }

    /**
     * The arena is closed by the current thread: all its blocks end. A second call does nothing; but a confined arena's record may serve another
     * arena from now on.
     */
    public void closed(ThreadRecorder current) {
        if (!tryClose()) {
            return;
        }
        EntryRecord entry = current.entry(entryPoint);
        if (place == NO_PLACE || !current.arenas.isSole(this)) {
            countClose(current, entry);
        }
        long bytes = tally.byteSum();
        current.endArenaBytes(entry, bytes);
        tally.free(entry, bytes);
        FollowedBlocks blocks = followed;
        if (blocks != null) {
            freeFollowed(blocks, current, entry);
        }
        if (place != NO_PLACE) {
            current.arenas.closed(this);
        } else {
            current.recorder.countUnkeptRecord(-1);
        }
    }

    private void countClose(ThreadRecorder current, EntryRecord entry) {
        ArenaCounts counts = openerCounts;
        entry.counters[EntryRow.CLOSE_COUNT]++;
        if (counts == null) {
            return;
        }
        if (current != opener) {
            entry.counters[EntryRow.REMOTE_CLOSE_COUNT]++;
            counts.closedRemotely();
        } else if (counts.closedLocally(sequence)) {
            entry.counters[EntryRow.OUT_OF_ORDER_CLOSE_COUNT]++;
        }
    }

    private boolean tryClose() {
        if (lock != null) {
            return tryCloseLocked(lock);
        }
        boolean first = !closed;
        closed = true;
        handle = 0;
        return first;
    }

    @ReservedStack
    private boolean tryCloseLocked(RecorderSpinLock held) {
        held.acquire();
        try {
            boolean first = !closed;
            closed = true;
            return first;
        } finally {
            held.release();
        }
    }

    @OutOfLine
    private void freeFollowed(FollowedBlocks blocks, ThreadRecorder current, EntryRecord entry) {
        for (int i = 0; i < blocks.count(); i++) {
            current.follower.countFollowedFree(
                    entry.band(SizeBands.band(blocks.byteSize(i))),
                    blocks.byteSize(i),
                    blocks.birthBytes(i),
                    blocks.birthNanos(i),
                    blocks.meta(i),
                    BandRow.UNORDERED_FREE_WEIGHT);
        }
        followed = null;
        current.arenas.giveBack(blocks);
    }
}
