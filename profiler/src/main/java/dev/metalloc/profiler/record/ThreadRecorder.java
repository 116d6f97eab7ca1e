// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * What one platform thread, or carrier of virtual threads, allocated and freed.
 *
 * <p>Single writer: every method but the package-private reading ones is called by that thread alone. Lives until the
 * thread has ended and its counts were added to those of the ended ones.
 */
public final class ThreadRecorder {
    /** Flag: the memory was promised to be zero. */
    public static final int ZEROED = 1;
    /** Flag: a virtual thread asked for it. */
    public static final int VIRTUAL = 2;

    /** Arenas open at once, one in the other, whose records are kept. */
    private static final int KEPT_ARENAS = 8;

    /** Answer of {@link #beginReallocate} for a block that is not known. */
    public static final long UNKNOWN = -1;

    final Recorder recorder;
    final long threadId;
    /** {@link BlockMeta}. */
    final long owner;

    /** The thread's number in a trace, -1 before it has one; guarded by whoever writes the trace. */
    public int traceNumber = -1;

    private final String registeredName;
    private final WeakReference<Thread> thread;
    private final @Nullable EntryRecord[] entries = new @Nullable EntryRecord[Recorder.ENTRY_POINTS];
    /** Those of the entries that there are, at the front. */
    private final @Nullable QuickCounts[] clocks = new @Nullable QuickCounts[Recorder.ENTRY_POINTS];

    private final long[] removed = new long[LiveBlockTable.VALUES];
    private final long[] reallocated = new long[LiveBlockTable.VALUES];
    private final ByteSampler sampler;
    private final StackSampler stacks;
    private final int liveFlushBytes;
    private final long certainBlocks;
    private final boolean followsAll;

    private int clockCount;
    private int reallocateNumber;
    /** Written by whoever holds the registry's reading lock, as nothing else here is. */
    private long askedAllocations;

    /** Records that go round, so that an arena per call allocates none. */
    private final @Nullable ArenaRecord[] confinedArenas = new @Nullable ArenaRecord[KEPT_ARENAS];

    private @Nullable FollowedBlocks spareFollowed;

    ThreadRecorder(Recorder recorder, Thread thread, long owner) {
        this.recorder = recorder;
        this.threadId = thread.threadId();
        this.owner = owner;
        this.registeredName = thread.getName();
        this.thread = new WeakReference<>(thread);
        this.sampler = new ByteSampler(recorder.lifetimeMeanBytes, threadId ^ System.nanoTime());
        this.stacks = new StackSampler(recorder, sampler, ~threadId ^ System.nanoTime());
        this.certainBlocks = recorder.options.certainBlocks();
        this.liveFlushBytes = recorder.options.liveFlushBytes();
        this.followsAll = recorder.options.followsAll();
    }

    /** A block of any alignment and content was allocated, not by a virtual thread; null is not allowed. */
    public void allocated(int entryPoint, long address, long byteSize) {
        EntryRecord entry = entries[entryPoint];
        if (entry == null || !entry.quick.allocated(byteSize)) {
            allocated(entryPoint, address, byteSize, 1, 0);
        }
    }

    /** A block was allocated. Call it after the memory was really allocated; null is no block. */
    @OutOfLine
    public void allocated(int entryPoint, long address, long byteSize, long byteAlignment, int flags) {
        if (!LiveBlockTable.isAddress(address)) {
            return;
        }
        EntryRecord entry = entry(entryPoint);
        int band = SizeBands.band(byteSize);
        long[] row = entry.band(band);
        boolean due = countAllocation(entry, row, band, byteSize, byteAlignment, flags);
        if (due || isCertain(row)) {
            follow(entry, row, address, byteSize, isCertain(row));
        }
    }

    /**
     * A block will be freed. Call it before the memory is really freed, otherwise the address may come back meanwhile. It
     * counts for the entry point that allocated the block; the one given here is for blocks that are not followed.
     */
    public void freed(int entryPoint, long address) {
        EntryRecord entry = entries[entryPoint];
        if (entry == null || !entry.quick.freed(address)) {
            freedUnusually(entryPoint, address);
        }
    }

    @OutOfLine
    private void freedUnusually(int entryPoint, long address) {
        if (!LiveBlockTable.isAddress(address)) {
            return;
        }
        if (recorder.blocks.filter.mayHold(address) && recorder.blocks.remove(address, removed)) {
            freeFollowed(removed);
        } else {
            countFree(entry(entryPoint));
        }
    }

    private static void countFree(EntryRecord entry) {
        QuickCounts quick = entry.quick;
        long liveCount = quick.liveCount();
        quick.countFree();
        if (quick.watches(liveCount)) {
            quick.watch(entry.order.freed(liveCount));
        }
    }

    /** A block will be reallocated: answers a token for {@link #endReallocate}, which must follow on the same thread. */
    public long beginReallocate(int entryPoint, long address) {
        if (!recorder.blocks.remove(address, reallocated)) {
            return UNKNOWN;
        }
        reallocateNumber = (reallocateNumber + 1) & Integer.MAX_VALUE;
        return reallocateNumber;
    }

    /**
     * A reallocation has ended.
     *
     * @param newAddress 0 where it failed and the old block lives on, or where byteSize is 0 and the old block is gone
     */
    public void endReallocate(int entryPoint, long token, long oldAddress, long newAddress, long byteSize) {
        boolean followed = token == reallocateNumber && token != UNKNOWN;
        if (newAddress == 0 && byteSize != 0) {
            if (followed) {
                restore(oldAddress);
            }
            return;
        }
        if (followed) {
            replaceFollowed(newAddress, byteSize);
        } else if (LiveBlockTable.isAddress(oldAddress)) {
            EntryRecord entry = entry(entryPoint);
            entry.counters[EntryRow.REALLOCATE_COUNT] += newAddress == 0 ? 0 : 1;
            entry.quick.countFree();
        }
        allocated(entryPoint, newAddress, byteSize, 0, 0);
    }

    /** An arena was opened by this thread. */
    public ArenaRecord openArena(int entryPoint) {
        EntryRecord entry = entry(entryPoint);
        ArenaCounts arenas = entry.arenas;
        if (arenas == null) {
            throw new IllegalArgumentException("entryPoint: " + entryPoint + " (expected: one of the arenas)");
        }
        EntryRecord confined = entries[Recorder.ARENA_CONFINED];
        if (confined != null && confined.arenas != null && confined.arenas.openCount() > 0) {
            entry.counters[EntryRow.NESTED_OPEN_COUNT]++;
        }
        ArenaRecord record = new ArenaRecord(entryPoint, this, arenas, entry.quick);
        record.open(countOpen(entry, arenas), false);
        return record;
    }

    /**
     * An arena was opened that only this thread, which is a platform thread, will use. The record serves other arenas after it was
     * closed.
     */
    public ArenaRecord openConfinedArena() {
        EntryRecord entry = entry(Recorder.ARENA_CONFINED);
        ArenaCounts arenas = entry.arenas;
        if (arenas == null) {
            return ArenaRecord.NONE;
        }
        if (arenas.openCount() > 0) {
            entry.counters[EntryRow.NESTED_OPEN_COUNT]++;
        }
        ArenaRecord record = closedArena(entry, arenas);
        record.open(countOpen(entry, arenas), true);
        return record;
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

    private ArenaRecord closedArena(EntryRecord entry, ArenaCounts arenas) {
        for (int i = 0; i < confinedArenas.length; i++) {
            ArenaRecord record = confinedArenas[i];
            if (record == null) {
                record = new ArenaRecord(Recorder.ARENA_CONFINED, this, arenas, entry.quick);
                confinedArenas[i] = record;
                return record;
            }
            if (record.isClosed()) {
                return record;
            }
        }
        return new ArenaRecord(Recorder.ARENA_CONFINED, this, arenas, entry.quick);
    }

    EntryRecord entry(int entryPoint) {
        EntryRecord entry = entries[entryPoint];
        return entry != null ? entry : addEntry(entryPoint);
    }

    @Nullable
    EntryRecord entryOrNull(int entryPoint) {
        return entries[entryPoint];
    }

    /** Lifetimes in bytes are measured on this clock; any thread. */
    long allocatedBytes() {
        long bytes = 0;
        for (int i = 0; i < clockCount; i++) {
            QuickCounts clock = clocks[i];
            bytes += clock == null ? 0 : clock.clockBytes();
        }
        return bytes;
    }

    /** Answers whether the sampler picks the block; {@link #pickedMeta} must then follow. */
    boolean countAllocation(EntryRecord entry, long[] row, int band, long byteSize, long byteAlignment, int flags) {
        BandRow.countAllocation(row, band, byteSize, byteAlignment, flags);
        if (byteSize > entry.maxByteSize) {
            entry.maxByteSize = byteSize;
        }
        if ((flags & VIRTUAL) != 0) {
            entry.counters[EntryRow.VIRTUAL_ALLOCATE_COUNT]++;
        }
        if (row[BandRow.ALLOCATE_COUNT] >= certainBlocks && band > 0 && !followsAll) {
            entry.quick.open(byteSize, byteAlignment, (flags & ZEROED) != 0);
        }
        return entry.quick.cover(byteSize);
    }

    /** Whether the block that was counted in the row just now is followed whatever the sampler says. */
    boolean isCertain(long[] row) {
        return row[BandRow.ALLOCATE_COUNT] <= certainBlocks;
    }

    /** Answers the {@link BlockMeta} of a block that is to be followed, its call site included. */
    long pickedMeta(EntryRecord entry, long byteSize, boolean isCertain) {
        if (entry.quick.isDue()) {
            entry.quick.rearm(sampler.nextDistance());
        }
        return BlockMeta.ofOwner(owner) | stacks.meta(entry.entryPoint, byteSize, isCertain);
    }

    private void follow(EntryRecord entry, long[] row, long address, long byteSize, boolean isCertain) {
        long meta = pickedMeta(entry, byteSize, isCertain);
        long liveCount = entry.quick.liveCount();
        long mark = entry.order.mark(liveCount);
        entry.quick.watch(liveCount);
        if (recorder.blocks.insert(address, byteSize, allocatedBytes(), recorder.elapsedNanos(), meta, mark)) {
            long weight = recorder.weight(byteSize, meta);
            long bytes = ByteSampler.weightedBytes(byteSize, weight);
            BandRow.countFollowed(row, weight, bytes);
            changeLiveBytes(entry, row, bytes);
        }
    }

    private void freeFollowed(long[] block) {
        long meta = block[LiveBlockTable.META];
        EntryRecord entry = entry(BlockMeta.entryPoint(meta));
        long birthBytes = block[LiveBlockTable.BIRTH_BYTES];
        int column;
        if (BlockMeta.owner(meta) == owner) {
            long[] row = entry.band(SizeBands.band(block[LiveBlockTable.SIZE]));
            column = entry.order.column(
                    block[LiveBlockTable.ORDER_MARK],
                    entry.quick.liveCount(),
                    birthBytes,
                    row[BandRow.LAST_BIRTH_BYTES]);
            row[BandRow.LAST_BIRTH_BYTES] = birthBytes;
            countFree(entry);
            entry.accountedFreeCount++;
        } else {
            column = entry.order.remoteColumn(BlockMeta.owner(meta), birthBytes);
            entry.liveBlocksElsewhere--;
        }
        countFollowedFree(entry, block, column);
    }

    /** The block moves, nobody chose to free it now: that tells nothing of the program's order. */
    private void replaceFollowed(long newAddress, long byteSize) {
        long meta = reallocated[LiveBlockTable.META];
        long oldByteSize = reallocated[LiveBlockTable.SIZE];
        EntryRecord entry = entry(BlockMeta.entryPoint(meta));
        if (newAddress != 0) {
            long weight = recorder.weight(oldByteSize, meta);
            long[] row = entry.band(SizeBands.band(oldByteSize));
            entry.counters[EntryRow.REALLOCATE_COUNT]++;
            row[BandRow.REALLOCATE_WEIGHT] += weight;
            row[BandRow.GROW_WEIGHT] += byteSize > oldByteSize ? weight : 0;
        }
        if (BlockMeta.owner(meta) == owner) {
            entry.quick.countFree();
            entry.accountedFreeCount++;
        } else {
            entry.liveBlocksElsewhere--;
        }
        countFollowedFree(entry, reallocated, BandRow.UNORDERED_FREE_WEIGHT);
    }

    private void countFollowedFree(EntryRecord entry, long[] block, int orderColumn) {
        long byteSize = block[LiveBlockTable.SIZE];
        long meta = block[LiveBlockTable.META];
        countFollowedFree(
                entry,
                byteSize,
                block[LiveBlockTable.BIRTH_BYTES],
                block[LiveBlockTable.BIRTH_NANOS],
                meta,
                orderColumn);
        long weightedBytes = ByteSampler.weightedBytes(byteSize, recorder.weight(byteSize, meta));
        changeLiveBytes(entry, entry.band(SizeBands.band(byteSize)), -weightedBytes);
    }

    void countFollowedFree(
            EntryRecord entry, long byteSize, long birthBytes, long birthNanos, long meta, int orderColumn) {
        long[] row = entry.band(SizeBands.band(byteSize));
        long weight = recorder.weight(byteSize, meta);
        long allocatingThread = BlockMeta.owner(meta);
        boolean remote = allocatingThread != owner;
        BandRow.countFollowedFree(row, weight, orderColumn, remote);
        BandRow.countLifetimeNanos(row, Math.max(0, recorder.elapsedNanos() - birthNanos), weight);
        long clock = remote ? recorder.registry.allocatedBytes(allocatingThread) : allocatedBytes();
        long lifetimeBytes =
                clock >= birthBytes ? clock - birthBytes : UNKNOWN; // where the allocating thread has ended
        if (lifetimeBytes != UNKNOWN) {
            BandRow.countLifetimeBytes(row, lifetimeBytes, weight);
        }
        SiteRecord site = recorder.sites.site(BlockMeta.site(meta));
        if (site != null) {
            site.freed(recorder.siteWeight(byteSize, meta), lifetimeBytes, remote);
        }
    }

    private void changeLiveBytes(EntryRecord entry, long[] row, long bytes) {
        row[BandRow.LIVE_BYTES] += bytes;
        changeLiveBytes(entry, bytes);
    }

    private void changeLiveBytes(EntryRecord entry, long bytes) {
        long unflushed = entry.flushedLiveBytes + bytes;
        if (unflushed > liveFlushBytes || unflushed < -liveFlushBytes) {
            recorder.liveBytes.add(entry.entryPoint, unflushed);
            unflushed = 0;
        }
        entry.flushedLiveBytes = unflushed;
    }

    /** After an arena's block was counted, and before and after an arena is ended. */
    void flushArenaBytes(EntryRecord entry) {
        long live = entry.quick.clockBytes() - entry.freedArenaBytes;
        long unflushed = live - entry.flushedLiveBytes;
        if (unflushed > liveFlushBytes || unflushed < -liveFlushBytes) {
            recorder.liveBytes.add(entry.entryPoint, unflushed);
            entry.flushedLiveBytes = live;
        }
    }

    /** For one reader. */
    long allocationsSinceAsked() {
        long count = 0;
        for (int i = 0; i < Recorder.ENTRY_POINTS; i++) {
            EntryRecord entry = entries[i];
            count += entry == null ? 0 : entry.quick.allocateCount();
        }
        long since = count - askedAllocations;
        askedAllocations = count;
        return since;
    }

    boolean hasEnded() {
        Thread alive = thread.get();
        return alive == null || !alive.isAlive();
    }

    String name() {
        Thread alive = thread.get();
        return alive == null ? registeredName : alive.getName();
    }

    long stackSampleCount() {
        return stacks.sampleCount();
    }

    long stackSampleNanos() {
        return stacks.sampleNanos();
    }

    long heldBytes() {
        long bytes = OWN_BYTES;
        for (int i = 0; i < Recorder.ENTRY_POINTS; i++) {
            EntryRecord entry = entries[i];
            bytes += entry == null ? 0 : entry.heldBytes();
        }
        return bytes;
    }

    /** The object, its small arrays and its place in the registry, rounded up. */
    private static final int OWN_BYTES = 512;

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

    private void restore(long address) {
        recorder.blocks.insert(
                address,
                reallocated[LiveBlockTable.SIZE],
                reallocated[LiveBlockTable.BIRTH_BYTES],
                reallocated[LiveBlockTable.BIRTH_NANOS],
                reallocated[LiveBlockTable.META],
                reallocated[LiveBlockTable.ORDER_MARK]);
    }

    private EntryRecord addEntry(int entryPoint) {
        QuickCounts quick = new QuickCounts(threadId, Recorder.isArena(entryPoint), recorder.blocks.filter);
        quick.rearm(sampler.nextDistance());
        EntryRecord entry = new EntryRecord(entryPoint, quick);
        clocks[clockCount] = quick;
        clockCount++;
        entries[entryPoint] = entry;
        return entry;
    }
}
