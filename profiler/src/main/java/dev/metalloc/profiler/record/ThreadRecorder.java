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

    final ThreadArenas arenas;
    private final long[] removed = new long[LiveBlockTable.VALUES];
    private final Reallocations reallocations;
    private final BlockPicker picker;
    private final int liveFlushBytes;
    private final long certainBlocks;
    private final boolean followsAll;

    /** Written by whoever holds the registry's reading lock, as nothing else here is. */
    private long askedAllocations;

    /** Where all blocks are followed, the slots that are looked at first; null elsewhere. They spare the way through the table. */
    private @Nullable LiveBlockSlots nearSlots;

    /** Empty but where all blocks are followed. */
    final NewestBlock newest = new NewestBlock();

    ThreadRecorder(Recorder recorder, Thread thread, long owner) {
        this.recorder = recorder;
        this.threadId = thread.threadId();
        this.owner = owner;
        this.registeredName = thread.getName();
        this.thread = new WeakReference<>(thread);
        this.picker = new BlockPicker(recorder, threadId ^ System.nanoTime());
        this.reallocations = new Reallocations(this);
        this.arenas = new ThreadArenas(this, System.nanoTime());
        this.certainBlocks = recorder.options.certainBlocks();
        this.liveFlushBytes = recorder.options.liveFlushBytes();
        this.followsAll = recorder.options.followsAll();
    }

    /** A block of any alignment and content was allocated, not by a virtual thread; null is not allowed. */
    public void allocated(int entryPoint, long address, long byteSize) {
        EntryRecord entry = entries[entryPoint];
        if (entry == null || !entry.quick.allocated(byteSize)) {
            allocated(entryPoint, address, byteSize, 1, 0);
        } else if (followsAll) {
            followPlain(entry, address, byteSize);
        }
    }

    /** Follows a block that {@link QuickCounts} has counted; no sum needs it but for the live bytes. */
    private void followPlain(EntryRecord entry, long address, long byteSize) {
        hold(entry, address, byteSize, BlockMeta.ofOwner(owner) | BlockMeta.CERTAIN_BLOCK | entry.entryPoint);
        changeLiveBytes(entry, byteSize);
    }

    private void hold(EntryRecord entry, long address, long byteSize, long meta) {
        settle();
        newest.hold(address, byteSize, allocatedBytes(), recorder.elapsedNanos(), meta, entry.quick.liveCount());
    }

    /** Puts the newest block, if it is held, into the table: before another one of this thread comes or goes, or once the thread has ended. */
    void settle() {
        if (!newest.isEmpty()) {
            settleNewest();
        }
    }

    private void settleNewest() {
        long address = newest.address();
        long byteSize = newest.value(LiveBlockTable.SIZE);
        long birthBytes = newest.value(LiveBlockTable.BIRTH_BYTES);
        long birthNanos = newest.value(LiveBlockTable.BIRTH_NANOS);
        long meta = newest.value(LiveBlockTable.META);
        long liveCount = newest.value(LiveBlockTable.ORDER_MARK);
        EntryRecord entry = entry(BlockMeta.entryPoint(meta));
        long mark = entry.order.mark(liveCount);
        entry.quick.watch(liveCount);
        LiveBlockSlots near = nearSlots;
        if ((near == null
                        || near.insert(address, byteSize, birthBytes, birthNanos, meta, mark) == LiveBlockSlots.NO_ROOM)
                && !insertElsewhere(address, byteSize, birthBytes, birthNanos, meta, mark)) {
            BandRow.addFollowed(entry.band(SizeBands.band(byteSize)), byteSize, -1);
            changeLiveBytes(entry, -byteSize);
        }
        if (!newest.clear()) {
            recorder.blocks.remove(address, removed);
        }
    }

    @OutOfLine
    private boolean insertElsewhere(
            long address, long byteSize, long birthBytes, long birthNanos, long meta, long mark) {
        boolean inserted = recorder.blocks.insert(address, byteSize, birthBytes, birthNanos, meta, mark);
        nearSlots = recorder.blocks.newest();
        return inserted;
    }

    /** A block was allocated. Call it after the memory was really allocated; null is no block. */
    public void allocated(int entryPoint, long address, long byteSize, long byteAlignment, int flags) {
        allocated(entryPoint, address, byteSize, byteAlignment, flags, ChainMark.NONE);
    }

    /** The same for one that carries on a chain; answers whether it is followed. */
    @OutOfLine
    boolean allocated(int entryPoint, long address, long byteSize, long byteAlignment, int flags, long chain) {
        if (!LiveBlockTable.isAddress(address)) {
            return false;
        }
        EntryRecord entry = entry(entryPoint);
        int band = SizeBands.band(byteSize);
        long[] row = entry.band(band);
        boolean due = countAllocation(entry, row, band, byteSize, byteAlignment, flags);
        return (due || isCertain(row)) && follow(entry, row, address, byteSize, chain);
    }

    /**
     * A block will be freed. Call it before the memory is really freed, otherwise the address may come back meanwhile. It
     * counts for the entry point that allocated the block; the one given here is for blocks that are not followed.
     */
    public void freed(int entryPoint, long address) {
        if (followsAll) {
            freedFollowed(entryPoint, address);
            return;
        }
        EntryRecord entry = entries[entryPoint];
        if (entry == null || !entry.quick.freed(address)) {
            freedUnusually(entryPoint, address);
        }
    }

    private void freedFollowed(int entryPoint, long address) {
        if (newest.is(address)) {
            freeNewest();
            return;
        }
        settle();
        LiveBlockSlots near = nearSlots;
        if (near != null && near.remove(address, removed)) {
            freeFollowed(removed);
        } else {
            freedUnusually(entryPoint, address);
        }
    }

    /** The block was the last one in, and is the first one out. */
    private void freeNewest() {
        long byteSize = newest.value(LiveBlockTable.SIZE);
        long birthBytes = newest.value(LiveBlockTable.BIRTH_BYTES);
        long birthNanos = newest.value(LiveBlockTable.BIRTH_NANOS);
        long meta = newest.value(LiveBlockTable.META);
        newest.clear();
        EntryRecord entry = entry(BlockMeta.entryPoint(meta));
        long[] row = entry.band(SizeBands.band(byteSize));
        row[BandRow.LAST_BIRTH_BYTES] = birthBytes;
        entry.accountedFreeCount++;
        boolean atOnce = BandRow.isShortest(recorder.elapsedNanos() - birthNanos, allocatedBytes() - birthBytes);
        if (atOnce && entry.quick.freedAtOnce(byteSize)) {
            changeLiveBytes(entry, -byteSize);
        } else {
            entry.quick.countFree();
            countFollowedFree(row, byteSize, birthBytes, birthNanos, meta, BandRow.LIFO_FREE_WEIGHT);
            changeLiveBytes(entry, row, -byteSize);
        }
    }

    @OutOfLine
    private void freedUnusually(int entryPoint, long address) {
        if (!LiveBlockTable.isAddress(address)) {
            return;
        }
        if (recorder.blocks.filter.mayHold(address)) {
            freedPerhapsFollowed(entryPoint, address);
        } else {
            countFree(entry(entryPoint));
        }
    }

    @OutOfLine
    private void freedPerhapsFollowed(int entryPoint, long address) {
        if (take(address, removed)) {
            freeFollowed(removed);
        } else {
            countFree(entry(entryPoint));
        }
    }

    /** Takes a followed block of any thread out of where it is kept, and copies its values; false where it is not known. */
    boolean take(long address, long[] into) {
        return recorder.blocks.remove(address, into) || (followsAll && recorder.registry.takeNewest(address, into));
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
        return reallocations.begin(address);
    }

    /**
     * A reallocation has ended.
     *
     * @param newAddress 0 where it failed and the old block lives on, or where byteSize is 0 and the old block is gone
     */
    public void endReallocate(int entryPoint, long token, long oldAddress, long newAddress, long byteSize) {
        reallocations.end(entryPoint, token, oldAddress, newAddress, byteSize);
    }

    /** An arena was opened by this thread. */
    public ArenaRecord openArena(int entryPoint) {
        return arenas.open(entryPoint);
    }

    /**
     * An arena was opened that only this thread, which is a platform thread, will use. The record serves other arenas after it was
     * closed.
     */
    public ArenaRecord openConfinedArena() {
        return arenas.openConfined();
    }

    /** The same for an arena that keeps nothing but the record's handle; 0, and nothing was opened, where there is none left. */
    public int openConfinedHandle() {
        return arenas.openByHandle();
    }

    /** The record of an arena that this thread has opened for itself, and not closed; null where the handle is of no such arena. */
    public @Nullable ArenaRecord confinedArena(int handle) {
        return arenas.confined(handle);
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
        return picker.coveredBytes();
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
        if (band > 0 && isPlain(entry, row)) {
            entry.quick.open(byteSize, byteAlignment, (flags & ZEROED) != 0);
        }
        return entry.quick.cover(byteSize);
    }

    /** Whether the next blocks like the one that was counted in the row just now need no more than {@link QuickCounts}. */
    private boolean isPlain(EntryRecord entry, long[] row) {
        return followsAll
                ? entry.arenas == null && !recorder.hasCertainStacksLeft()
                : row[BandRow.ALLOCATE_COUNT] >= certainBlocks;
    }

    /** Whether the block that was counted in the row just now is followed whatever the sampler says. */
    boolean isCertain(long[] row) {
        return row[BandRow.ALLOCATE_COUNT] <= certainBlocks;
    }

    /** Answers the {@link BlockMeta} of a block that is to be followed, its call site included. */
    @OutOfLine
    long pickedMeta(EntryRecord entry, long byteSize, boolean isCertain) {
        return BlockMeta.ofOwner(owner) | picker.meta(entry, byteSize, isCertain);
    }

    @OutOfLine
    private boolean follow(EntryRecord entry, long[] row, long address, long byteSize, long chain) {
        long meta = pickedMeta(entry, byteSize, isCertain(row));
        if (followsAll && chain == ChainMark.NONE && BlockMeta.site(meta) == 0) {
            hold(entry, address, byteSize, meta);
            countFollowed(entry, row, byteSize, meta);
            return true;
        }
        settle();
        long liveCount = entry.quick.liveCount();
        long mark = entry.order.mark(liveCount) | chain;
        entry.quick.watch(liveCount);
        if (!recorder.blocks.insert(address, byteSize, allocatedBytes(), recorder.elapsedNanos(), meta, mark)) {
            return false;
        }
        countFollowed(entry, row, byteSize, meta);
        return true;
    }

    private void countFollowed(EntryRecord entry, long[] row, long byteSize, long meta) {
        long weight = recorder.weight(byteSize, meta);
        long bytes = ByteSampler.weightedBytes(byteSize, weight);
        BandRow.countFollowed(row, weight, bytes);
        changeLiveBytes(entry, row, bytes);
    }

    private void freeFollowed(long[] block) {
        long meta = block[LiveBlockTable.META];
        long birthBytes = block[LiveBlockTable.BIRTH_BYTES];
        EntryRecord entry = entry(BlockMeta.entryPoint(meta));
        if (ChainMark.isNotFollowed(block[LiveBlockTable.ORDER_MARK])) {
            countFree(entry);
            return;
        }
        long[] row = entry.band(SizeBands.band(block[LiveBlockTable.SIZE]));
        int column;
        if (BlockMeta.owner(meta) == owner) {
            long liveCount = entry.quick.liveCount();
            column = entry.order.column(
                    block[LiveBlockTable.ORDER_MARK], liveCount, birthBytes, row[BandRow.LAST_BIRTH_BYTES]);
            row[BandRow.LAST_BIRTH_BYTES] = birthBytes;
            countFree(entry);
            entry.accountedFreeCount++;
        } else {
            column = entry.order.remoteColumn(BlockMeta.owner(meta), birthBytes);
            entry.liveBlocksElsewhere--;
        }
        countFollowedFree(entry, row, block, column);
    }

    /** The row is that of the block's entry point and band. */
    void countFollowedFree(EntryRecord entry, long[] row, long[] block, int orderColumn) {
        long byteSize = block[LiveBlockTable.SIZE];
        long meta = block[LiveBlockTable.META];
        countFollowedFree(
                row, byteSize, block[LiveBlockTable.BIRTH_BYTES], block[LiveBlockTable.BIRTH_NANOS], meta, orderColumn);
        changeLiveBytes(entry, row, -ByteSampler.weightedBytes(byteSize, recorder.weight(byteSize, meta)));
    }

    /** The same, but for the live bytes. */
    void countFollowedFree(long[] row, long byteSize, long birthBytes, long birthNanos, long meta, int orderColumn) {
        long weight = recorder.weight(byteSize, meta);
        long allocatingThread = BlockMeta.owner(meta);
        boolean remote = allocatingThread != owner;
        BandRow.countFollowedFree(row, weight, orderColumn, remote);
        BandRow.countLifetimeNanos(row, Math.max(0, recorder.elapsedNanos() - birthNanos), weight);
        long clock = remote ? recorder.registry.allocatedBytes(allocatingThread) : allocatedBytes();
        long lifetimeBytes = clock >= birthBytes ? clock - birthBytes : UNKNOWN; // the allocating thread has ended
        if (lifetimeBytes != UNKNOWN) {
            BandRow.countLifetimeBytes(row, lifetimeBytes, weight);
        }
        if (BlockMeta.site(meta) != 0) {
            countSiteFree(byteSize, meta, lifetimeBytes, remote);
        }
    }

    @OutOfLine
    private void countSiteFree(long byteSize, long meta, long lifetimeBytes, boolean remote) {
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

    /** Before the blocks of an arena are ended, which has so many bytes. */
    void endArenaBytes(EntryRecord entry, long bytes) {
        long unflushed = entry.quick.clockBytes() - entry.freedArenaBytes - entry.flushedLiveBytes;
        boolean isLarge = unflushed > liveFlushBytes || unflushed - bytes < -liveFlushBytes;
        if (isLarge) {
            flushArenaBytes(entry); // with the arena: this may be the peak
        }
        entry.freedArenaBytes += bytes;
        if (isLarge) {
            flushArenaBytes(entry);
        }
    }

    /** After an arena's block was counted. */
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
        return picker.stackSampleCount();
    }

    long stackSampleNanos() {
        return picker.stackSampleNanos();
    }

    long heldBytes() {
        long bytes = OWN_BYTES + arenas.heldBytes();
        for (int i = 0; i < Recorder.ENTRY_POINTS; i++) {
            EntryRecord entry = entries[i];
            bytes += entry == null ? 0 : entry.heldBytes();
        }
        return bytes;
    }

    /** The object, its small arrays and its place in the registry, rounded up. */
    private static final int OWN_BYTES = 640;

    private EntryRecord addEntry(int entryPoint) {
        QuickCounts quick = new QuickCounts(
                threadId,
                Recorder.isArena(entryPoint),
                followsAll && !Recorder.isArena(entryPoint),
                recorder.blocks.filter);
        picker.add(quick);
        recorder.use(entryPoint);
        EntryRecord entry = new EntryRecord(entryPoint, quick, entryPoint == Recorder.ARENA_CONFINED ? arenas : null);
        entries[entryPoint] = entry;
        return entry;
    }
}
