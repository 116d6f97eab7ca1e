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

    private final ThreadRecorder opener;
    private final ArenaCounts openerCounts;
    private final int entryPoint;
    private final long sequence;
    /** Null where the arena itself lets only one thread in. Guards all fields below. */
    private final @Nullable RecorderSpinLock lock;

    private final ArenaTally tally;
    private @Nullable FollowedBlocks followed;
    private int reservedCount;
    private boolean closed;

    ArenaRecord(ThreadRecorder opener, ArenaCounts openerCounts, int entryPoint, long sequence) {
        this.opener = opener;
        this.openerCounts = openerCounts;
        this.entryPoint = entryPoint;
        this.sequence = sequence;
        this.lock = entryPoint == Recorder.ARENA_CONFINED ? null : new RecorderSpinLock();
        this.tally = opener.takeTally();
    }

    /** A block was allocated in the arena by the current thread, whose recorder is given. */
    public void allocated(ThreadRecorder current, long byteSize, long byteAlignment, int flags) {
        EntryRecord entry = current.entry(entryPoint);
        int band = SizeBands.band(byteSize);
        long[] row = entry.band(band);
        boolean due = current.countAllocation(entry, row, band, byteSize, byteAlignment, flags);
        boolean isCertain = current.isCertain(row);
        row[BandRow.LIVE_BYTES] += byteSize;
        current.changeLiveBytes(entry, byteSize);
        if (lock == null) {
            tally.add(band, byteSize);
        } else if (!addLocked(lock, band, byteSize)) {
            // The arena was closed between the allocation and this call: the block is gone already.
            countBulkFree(current, entry, band, 1, byteSize);
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
            if (!closed && hasRoom(current)) {
                long birthNanos = current.recorder.elapsedNanos();
                roomy(current).add(byteSize, current.allocatedBytes(), birthNanos, meta);
                long weight = current.recorder.weight(byteSize, meta);
                BandRow.countFollowed(row, weight, ByteSampler.weightedBytes(byteSize, weight));
            }
        } finally {
            if (lock != null) {
                lock.release();
            }
        }
    }

    /** Makes room for one more followed block; false where the arena, or all of them together, may follow no more. */
    private boolean hasRoom(ThreadRecorder current) {
        FollowedBlocks blocks = roomy(current);
        if (!blocks.isFull()) {
            return true;
        }
        int capacity = blocks.capacity();
        if (capacity >= MAX_FOLLOWED || !current.recorder.reserveArenaBlocks(capacity)) {
            current.recorder.countDroppedArenaBlock();
            return false;
        }
        reservedCount += capacity;
        blocks.growTo(2 * capacity);
        return true;
    }

    private FollowedBlocks roomy(ThreadRecorder current) {
        FollowedBlocks blocks = followed;
        if (blocks == null) {
            blocks = current.takeFollowed();
            followed = blocks;
        }
        return blocks;
    }

    /** The arena is closed by the current thread: all its blocks end. A second call does nothing. */
    public void closed(ThreadRecorder current) {
        if (!tryClose()) {
            return;
        }
        EntryRecord entry = current.entry(entryPoint);
        entry.counters[EntryRow.CLOSE_COUNT]++;
        if (current != opener) {
            entry.counters[EntryRow.REMOTE_CLOSE_COUNT]++;
            openerCounts.closedRemotely();
        } else if (openerCounts.closedLocally(sequence)) {
            entry.counters[EntryRow.OUT_OF_ORDER_CLOSE_COUNT]++;
        }
        freeAll(current, entry);
        freeFollowed(current, entry);
    }

    @ReservedStack
    private boolean tryClose() {
        if (lock == null) {
            boolean first = !closed;
            closed = true;
            return first;
        }
        lock.acquire();
        try {
            boolean first = !closed;
            closed = true;
            return first;
        } finally {
            lock.release();
        }
    }

    private void freeAll(ThreadRecorder current, EntryRecord entry) {
        long blockCount = 0;
        long byteCount = 0;
        for (int i = 0; i < tally.bandCount(); i++) {
            countBulkFree(current, entry, tally.band(i), tally.blockCount(i), tally.byteCount(i));
            blockCount += tally.blockCount(i);
            byteCount += tally.byteCount(i);
        }
        if (entry.arenas != null) {
            entry.arenas.countShape(blockCount, byteCount);
        }
        current.giveBack(tally);
    }

    private static void countBulkFree(ThreadRecorder current, EntryRecord entry, int band, long count, long bytes) {
        BandRow.countBulkFree(entry.band(band), count, bytes);
        current.changeLiveBytes(entry, -bytes);
    }

    private void freeFollowed(ThreadRecorder current, EntryRecord entry) {
        FollowedBlocks blocks = followed;
        if (blocks == null) {
            return;
        }
        for (int i = 0; i < blocks.count(); i++) {
            current.countFollowedFree(
                    entry,
                    blocks.byteSize(i),
                    blocks.birthBytes(i),
                    blocks.birthNanos(i),
                    blocks.meta(i),
                    BandRow.UNORDERED_FREE_WEIGHT);
        }
        followed = null;
        current.giveBack(blocks);
        current.recorder.releaseArenaBlocks(reservedCount);
    }
}
