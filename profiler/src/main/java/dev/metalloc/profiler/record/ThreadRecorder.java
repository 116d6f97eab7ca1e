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
    final BlockFollower follower;
    private final Reallocations reallocations;
    final PickOdds odds;
    private final BlockPicker picker;
    private final int liveFlushBytes;
    private final long certainBlocks;
    private final boolean followsAll;
    private final LastThread lastThread;
    private long lookCount;
    private long takeoverCount;

    /** Written by whoever holds the registry's reading lock, as nothing else here is. */
    private long askedAllocations;

    ThreadRecorder(Recorder recorder, Thread thread, long owner) {
        this.recorder = recorder;
        this.threadId = thread.threadId();
        this.owner = owner;
        this.registeredName = thread.getName();
        this.thread = new WeakReference<>(thread);
        this.odds = new PickOdds(recorder);
        this.picker = new BlockPicker(recorder, odds, threadId ^ System.nanoTime());
        this.reallocations = new Reallocations(this);
        this.follower = new BlockFollower(this);
        this.arenas = new ThreadArenas(this, System.nanoTime());
        this.certainBlocks = recorder.options.certainBlocks();
        this.liveFlushBytes = recorder.options.liveFlushBytes();
        this.followsAll = recorder.options.followsAll();
        this.lastThread = recorder.lastThread;
    }

    /** A block of any alignment and content was allocated, not by a virtual thread; null is not allowed. */
    public void allocated(int entryPoint, long address, long byteSize) {
        EntryRecord entry = entries[entryPoint];
        if (entry == null || !entry.quick.allocated(byteSize)) {
            allocated(entryPoint, address, byteSize, 1, 0);
        } else if (followsAll) {
            look();
            follower.followCounted(entry, address, byteSize);
        }
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
        if (countAllocation(entry, row, band, byteSize, byteAlignment, flags) || isCertain(row)) {
            return follower.follow(entry, row, address, byteSize, chain);
        }
        return entry.wantsNextOfBurst() && follower.followInBurst(entry, address, byteSize, chain);
    }

    /**
     * A block will be freed. Call it before the memory is really freed, otherwise the address may come back meanwhile. It
     * counts for the entry point that allocated the block; the one given here is for blocks that are not followed.
     */
    public void freed(int entryPoint, long address) {
        if (followsAll) {
            look();
            follower.freed(entryPoint, address);
            return;
        }
        EntryRecord entry = entries[entryPoint];
        if (entry == null || !entry.quick.freed(address)) {
            freedUnusually(entryPoint, address);
        }
    }

    @OutOfLine
    void freedUnusually(int entryPoint, long address) {
        if (!LiveBlockTable.isAddress(address)) {
            return;
        }
        if (recorder.blocks.filter.mayHold(address)) {
            follower.freedPerhaps(entryPoint, address);
        } else {
            entry(entryPoint).countFree();
        }
    }

    /** A file was mapped; that it will be no more, {@link #freed} says. The thread's clock in bytes hardly moves: nothing was allocated. */
    public void mapped(long address, long byteSize, int flags) {
        EntryRecord entry = entry(Recorder.MAPPED_FILE);
        int band = SizeBands.band(byteSize);
        long[] row = entry.band(band);
        boolean isPicked = countAllocation(entry, row, band, byteSize, 1, flags);
        entry.takeOffClock(byteSize);
        if (isPicked || isCertain(row)) {
            follower.follow(entry, row, address, byteSize, ChainMark.NONE);
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
        endReallocate(entryPoint, token, oldAddress, newAddress, byteSize, 0);
    }

    /** The same, with {@link #VIRTUAL} where a virtual thread asked for it. */
    public void endReallocate(int entryPoint, long token, long oldAddress, long newAddress, long byteSize, int flags) {
        reallocations.end(entryPoint, token, oldAddress, newAddress, byteSize, flags);
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
        boolean isPicked = entry.quick.cover(byteSize);
        if (isPicked || followsAll) {
            look();
        }
        return isPicked;
    }

    /** At each event where all blocks are followed, else at blocks that the sampler picks: whether another thread has run in between. */
    private void look() {
        lookCount++;
        if (lastThread.isTakenOver(owner)) {
            takeoverCount++;
        }
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

    /** After a followed block was counted, or its free. */
    void changeLiveBytes(EntryRecord entry, long bytes) {
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
        if (unflushed > liveFlushBytes || unflushed - bytes < -liveFlushBytes) {
            endLargeArena(entry, bytes);
        } else {
            entry.freedArenaBytes += bytes;
        }
    }

    @OutOfLine
    private void endLargeArena(EntryRecord entry, long bytes) {
        flushArenaBytes(entry); // with the arena: this may be the peak
        entry.freedArenaBytes += bytes;
        flushArenaBytes(entry);
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

    long lookCount() {
        return lookCount;
    }

    long takeoverCount() {
        return takeoverCount;
    }

    long stackSampleCount() {
        return picker.stackSampleCount();
    }

    long stackSampleNanos() {
        return picker.stackSampleNanos();
    }

    long heldBytes() {
        long bytes = OWN_BYTES + PickOdds.HELD_BYTES + arenas.heldBytes();
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
        EntryRecord entry = new EntryRecord(
                entryPoint,
                quick,
                entryPoint == Recorder.ARENA_CONFINED ? arenas : null,
                Recorder.isArena(entryPoint) || entryPoint == Recorder.MAPPED_FILE
                        ? null
                        : new Bursts(recorder.burstRoom, entryPoint, owner, followsAll ? null : recorder.blocks));
        // After all that the heap, which is the application's, may have no room for.
        picker.add(quick);
        recorder.use(entryPoint);
        entries[entryPoint] = entry;
        recorder.countChange(); // now that whoever looks finds it
        return entry;
    }
}
