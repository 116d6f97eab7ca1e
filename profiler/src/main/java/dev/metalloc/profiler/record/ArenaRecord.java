// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one arena, which all end together.
 *
 * <p>Confined arenas: one thread at a time, as the arena itself. Others: any thread, many at once. Blocks beyond
 * {@value #MAX_KEPT} (or beyond what all arenas together may keep) are counted exactly, but without a lifetime.
 */
public final class ArenaRecord {
    static final int MAX_KEPT = 4096;
    /** Most arenas have few blocks; their array goes back to the thread that closes them. */
    private static final int FIRST_KEPT = 16;

    private static final int GROWTH_SHIFT = 2;

    private static final int SIZE = 0;
    private static final int BIRTH_BYTES = 1;
    private static final int BIRTH_NANOS = 2;
    private static final int META = 3;
    private static final int VALUES = 4;

    private final ThreadRecorder opener;
    private final ArenaCounts openerCounts;
    private final int entryPoint;
    private final long sequence;
    /** Null where the arena itself lets only one thread in. Guards all fields below. */
    private final @Nullable RecorderSpinLock lock;

    private long @Nullable [] births;
    private int keptCount;
    private int reservedCount;
    private long @Nullable [] unkeptCounts;
    private long @Nullable [] unkeptBytes;
    private long blockCount;
    private long byteCount;
    private boolean closed;

    ArenaRecord(ThreadRecorder opener, ArenaCounts openerCounts, int entryPoint, long sequence) {
        this.opener = opener;
        this.openerCounts = openerCounts;
        this.entryPoint = entryPoint;
        this.sequence = sequence;
        this.lock = entryPoint == Recorder.ARENA_CONFINED ? null : new RecorderSpinLock();
    }

    /** A block was allocated in the arena by the current thread, whose recorder is given. */
    public void allocated(ThreadRecorder current, long byteSize, long byteAlignment, int flags) {
        EntryRecord entry = current.entry(entryPoint);
        current.countAllocation(entry, byteSize, byteAlignment, flags);
        if (entryPoint == Recorder.ARENA_GLOBAL) {
            current.sample(entryPoint, byteSize);
            return; // never closed
        }
        long birthBytes = current.allocatedBytes();
        long meta = BlockMeta.pack(current.owner, current.sample(entryPoint, byteSize), entryPoint);
        long birthNanos = current.recorder.elapsedNanos();
        if (lock == null) {
            keep(current, byteSize, birthBytes, birthNanos, meta);
        } else if (!keepLocked(lock, current, byteSize, birthBytes, birthNanos, meta)) {
            // The arena was closed between the allocation and this call: the block is gone already.
            current.countFree(entry, byteSize, birthBytes, birthNanos, meta, BandRow.BULK_FREE_COUNT);
        }
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
        if (entry.arenas != null) {
            entry.arenas.countShape(blockCount, byteCount);
        }
        freeKept(current, entry);
        freeUnkept(current, entry);
    }

    private boolean keepLocked(
            RecorderSpinLock held, ThreadRecorder current, long byteSize, long birthBytes, long birthNanos, long meta) {
        held.acquire();
        try {
            if (!closed) {
                keep(current, byteSize, birthBytes, birthNanos, meta);
            }
            return !closed;
        } finally {
            held.release();
        }
    }

    private void keep(ThreadRecorder current, long byteSize, long birthBytes, long birthNanos, long meta) {
        blockCount++;
        byteCount += byteSize;
        long[] kept = births;
        if (kept == null || keptCount * VALUES == kept.length) {
            kept = grow(current, kept);
            if (kept == null) {
                countUnkept(byteSize);
                return;
            }
        }
        int at = keptCount++ * VALUES;
        kept[at + SIZE] = byteSize;
        kept[at + BIRTH_BYTES] = birthBytes;
        kept[at + BIRTH_NANOS] = birthNanos;
        kept[at + META] = meta;
    }

    /** Null where the arena, or all of them together, may keep no more. */
    private long @Nullable [] grow(ThreadRecorder current, long @Nullable [] kept) {
        if (kept == null) {
            long[] spare = current.spareBirths;
            current.spareBirths = null;
            births = spare != null ? spare : new long[FIRST_KEPT * VALUES];
            return births;
        }
        int count = kept.length / VALUES;
        int added = (count << GROWTH_SHIFT) - count;
        if (count >= MAX_KEPT || !current.recorder.reserveArenaBlocks(added)) {
            return null;
        }
        reservedCount += added;
        births = Arrays.copyOf(kept, kept.length << GROWTH_SHIFT);
        return births;
    }

    private void countUnkept(long byteSize) {
        if (unkeptCounts == null || unkeptBytes == null) {
            unkeptCounts = new long[SizeBands.COUNT];
            unkeptBytes = new long[SizeBands.COUNT];
        }
        int band = SizeBands.band(byteSize);
        unkeptCounts[band]++;
        unkeptBytes[band] += byteSize;
        opener.recorder.countDroppedArenaBlock();
    }

    private boolean tryClose() {
        if (lock != null) {
            lock.acquire();
        }
        try {
            boolean first = !closed;
            closed = true;
            return first;
        } finally {
            if (lock != null) {
                lock.release();
            }
        }
    }

    private void freeKept(ThreadRecorder current, EntryRecord entry) {
        long[] kept = births;
        if (kept == null) {
            return;
        }
        countKept(current, entry, kept);
        births = null;
        if (kept.length == FIRST_KEPT * VALUES) {
            current.spareBirths = kept;
        }
        current.recorder.releaseArenaBlocks(reservedCount);
    }

    /** Most blocks are of the closing thread and stand for no sample: what these share is read once. */
    private void countKept(ThreadRecorder current, EntryRecord entry, long[] kept) {
        long ownMeta = BlockMeta.pack(current.owner, SiteTable.NONE, entryPoint);
        long nowBytes = current.allocatedBytes();
        long nowNanos = current.recorder.elapsedNanos();
        long freedBytes = 0;
        for (int at = 0; at < keptCount * VALUES; at += VALUES) {
            long byteSize = kept[at + SIZE];
            long birthBytes = kept[at + BIRTH_BYTES];
            long birthNanos = kept[at + BIRTH_NANOS];
            if (kept[at + META] == ownMeta) {
                long[] row = entry.band(SizeBands.band(byteSize));
                BandRow.countFrees(row, 1, byteSize, BandRow.BULK_FREE_COUNT, false);
                BandRow.countLifetimeNanos(row, Math.max(0, nowNanos - birthNanos));
                BandRow.countLifetimeBytes(row, nowBytes - birthBytes);
                freedBytes += byteSize;
            } else {
                current.countFree(entry, byteSize, birthBytes, birthNanos, kept[at + META], BandRow.BULK_FREE_COUNT);
            }
        }
        current.changeLiveBytes(entry, -freedBytes);
    }

    /** Taken for the opener's: who allocated them was not kept. */
    private void freeUnkept(ThreadRecorder current, EntryRecord entry) {
        long[] counts = unkeptCounts;
        long[] bytes = unkeptBytes;
        if (counts == null || bytes == null) {
            return;
        }
        for (int band = 0; band < SizeBands.COUNT; band++) {
            if (counts[band] != 0) {
                boolean remote = current != opener;
                BandRow.countFrees(entry.band(band), counts[band], bytes[band], BandRow.BULK_FREE_COUNT, remote);
                current.changeLiveBytes(entry, -bytes[band]);
            }
        }
    }
}
