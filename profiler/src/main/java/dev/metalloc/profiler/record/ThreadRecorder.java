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

    private final String registeredName;
    private final WeakReference<Thread> thread;
    private final @Nullable EntryRecord[] entries = new @Nullable EntryRecord[Recorder.ENTRY_POINTS];
    private final long[] removed = new long[LiveBlockTable.VALUES];
    private final long[] reallocated = new long[LiveBlockTable.VALUES];
    private final ByteSampler sampler;
    private final FrameBuffer frames = new FrameBuffer();
    private final int liveFlushBytes;

    private long allocatedBytes;
    private int reallocateNumber;
    private boolean walking;
    private long stackSampleCount;
    private long stackSampleNanos;
    long @Nullable [] spareBirths;

    ThreadRecorder(Recorder recorder, Thread thread, long owner) {
        this.recorder = recorder;
        this.threadId = thread.threadId();
        this.owner = owner;
        this.registeredName = thread.getName();
        this.thread = new WeakReference<>(thread);
        this.sampler = new ByteSampler(recorder.sampleMeanBytes, threadId ^ System.nanoTime());
        this.liveFlushBytes = recorder.options.liveFlushBytes();
    }

    /** A block was allocated. Call it after the memory was really allocated; null is no block. */
    public void allocated(int entryPoint, long address, long byteSize, long byteAlignment, int flags) {
        if (!LiveBlockTable.isAddress(address)) {
            return;
        }
        EntryRecord entry = entry(entryPoint);
        countAllocation(entry, byteSize, byteAlignment, flags);
        long sequence = entry.blocks.allocated();
        long birthBytes = allocatedBytes;
        long meta = BlockMeta.pack(owner, sample(entryPoint, byteSize), entryPoint);
        recorder.blocks.insert(address, byteSize, birthBytes, recorder.elapsedNanos(), meta, sequence);
    }

    /**
     * A block will be freed. Call it before the memory is really freed, otherwise the address may come back meanwhile. It
     * counts for the entry point that allocated the block; the one given here is for blocks that are not known.
     */
    public void freed(int entryPoint, long address) {
        if (recorder.blocks.remove(address, removed)) {
            countBlockFree(removed, UNDECIDED);
        } else if (LiveBlockTable.isAddress(address)) {
            entry(entryPoint).counters[EntryRow.UNKNOWN_FREE_COUNT]++;
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
        boolean known = token == reallocateNumber && token != UNKNOWN;
        if (newAddress == 0 && byteSize != 0) {
            if (known) {
                restore(oldAddress);
            }
            return;
        }
        if (known) {
            countReallocation(newAddress, byteSize);
        } else if (LiveBlockTable.isAddress(oldAddress)) {
            entry(entryPoint).counters[EntryRow.UNKNOWN_FREE_COUNT]++;
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
        if (hasOpenConfinedArena()) {
            entry.counters[EntryRow.NESTED_OPEN_COUNT]++;
        }
        long sequence = arenas.opened();
        entry.counters[EntryRow.OPEN_COUNT]++;
        entry.counters[EntryRow.MAX_OPEN_COUNT] = Math.max(entry.counters[EntryRow.MAX_OPEN_COUNT], arenas.openCount());
        return new ArenaRecord(this, arenas, entryPoint, sequence);
    }

    EntryRecord entry(int entryPoint) {
        EntryRecord entry = entries[entryPoint];
        return entry != null ? entry : addEntry(entryPoint);
    }

    @Nullable
    EntryRecord entryOrNull(int entryPoint) {
        return entries[entryPoint];
    }

    /** Lifetimes in bytes are measured on this clock. */
    long allocatedBytes() {
        return allocatedBytes;
    }

    void countAllocation(EntryRecord entry, long byteSize, long byteAlignment, int flags) {
        int band = SizeBands.band(byteSize);
        BandRow.countAllocation(entry.band(band), band, byteSize, byteAlignment, flags);
        if ((flags & VIRTUAL) != 0) {
            entry.counters[EntryRow.VIRTUAL_ALLOCATE_COUNT]++;
        }
        allocatedBytes += byteSize;
        changeLiveBytes(entry, byteSize);
    }

    /** Frees one block with its lifetime; a column of {@link BandRow} for the order, or UNDECIDED to find it out. */
    void countBlockFree(long[] block, int orderColumn) {
        long meta = block[LiveBlockTable.META];
        EntryRecord entry = entry(BlockMeta.entryPoint(meta));
        int column = orderColumn == UNDECIDED ? order(entry, meta, block[LiveBlockTable.SEQUENCE]) : orderColumn;
        countFree(
                entry,
                block[LiveBlockTable.SIZE],
                block[LiveBlockTable.BIRTH_BYTES],
                block[LiveBlockTable.BIRTH_NANOS],
                meta,
                column);
    }

    void countFree(EntryRecord entry, long byteSize, long birthBytes, long birthNanos, long meta, int orderColumn) {
        long[] row = entry.band(SizeBands.band(byteSize));
        long allocatingThread = BlockMeta.owner(meta);
        boolean remote = allocatingThread != owner;
        BandRow.countFrees(row, 1, byteSize, orderColumn, remote);
        BandRow.countLifetimeNanos(row, Math.max(0, recorder.elapsedNanos() - birthNanos));
        long clock = remote ? recorder.registry.allocatedBytes(allocatingThread) : allocatedBytes;
        if (clock >= birthBytes) { // false where the allocating thread has ended
            BandRow.countLifetimeBytes(row, clock - birthBytes);
        }
        SiteRecord site = recorder.sites.site(BlockMeta.site(meta));
        if (site != null) {
            long lifetimeBytes = clock >= birthBytes ? clock - birthBytes : UNKNOWN;
            site.freed(ByteSampler.weight(recorder.sampleMeanBytes, byteSize), lifetimeBytes, remote);
        }
        changeLiveBytes(entry, -byteSize);
    }

    void changeLiveBytes(EntryRecord entry, long bytes) {
        long unflushed = entry.unflushedLiveBytes + bytes;
        if (unflushed > liveFlushBytes || unflushed < -liveFlushBytes) {
            recorder.liveBytes.add(entry.entryPoint, unflushed);
            unflushed = 0;
        }
        entry.unflushedLiveBytes = unflushed;
    }

    /** Answers the number of the call site, or {@link SiteTable#NONE} for the many that are not taken. */
    int sample(int entryPoint, long byteSize) {
        return sampler.picks(byteSize) ? sampleSlow(entryPoint, byteSize) : SiteTable.NONE;
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
        return stackSampleCount;
    }

    long stackSampleNanos() {
        return stackSampleNanos;
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

    static final int UNDECIDED = -1;

    private int order(EntryRecord entry, long meta, long sequence) {
        long allocatingThread = BlockMeta.owner(meta);
        return allocatingThread == owner
                ? entry.blocks.freed(sequence)
                : entry.blocks.freedRemotely(allocatingThread, sequence);
    }

    private boolean hasOpenConfinedArena() {
        EntryRecord confined = entries[Recorder.ARENA_CONFINED];
        return confined != null && confined.arenas != null && confined.arenas.openCount() > 0;
    }

    private void restore(long address) {
        recorder.blocks.insert(
                address,
                reallocated[LiveBlockTable.SIZE],
                reallocated[LiveBlockTable.BIRTH_BYTES],
                reallocated[LiveBlockTable.BIRTH_NANOS],
                reallocated[LiveBlockTable.META],
                reallocated[LiveBlockTable.SEQUENCE]);
    }

    private void countReallocation(long newAddress, long byteSize) {
        long meta = reallocated[LiveBlockTable.META];
        EntryRecord entry = entry(BlockMeta.entryPoint(meta));
        if (newAddress != 0) {
            long oldByteSize = reallocated[LiveBlockTable.SIZE];
            long[] row = entry.band(SizeBands.band(oldByteSize));
            row[BandRow.REALLOCATE_COUNT]++;
            row[BandRow.GROW_COUNT] += byteSize > oldByteSize ? 1 : 0;
        }
        if (BlockMeta.owner(meta) == owner) {
            entry.blocks.forget(reallocated[LiveBlockTable.SEQUENCE]);
        }
        // The block moves, nobody chose to free it now: that tells nothing of the program's order.
        countBlockFree(reallocated, BandRow.UNORDERED_FREE_COUNT);
    }

    private int sampleSlow(int entryPoint, long byteSize) {
        sampler.rearm();
        if (walking) {
            return SiteTable.NONE;
        }
        walking = true;
        long start = System.nanoTime();
        try {
            frames.clear();
            recorder.stacks.walk(frames);
        } finally {
            walking = false;
        }
        stackSampleCount++;
        stackSampleNanos += System.nanoTime() - start;
        int number = recorder.sites.intern(entryPoint, frames);
        SiteRecord site = recorder.sites.site(number);
        if (site != null) {
            site.allocated(byteSize, ByteSampler.weight(recorder.sampleMeanBytes, byteSize));
        }
        return number;
    }

    private EntryRecord addEntry(int entryPoint) {
        EntryRecord entry = new EntryRecord(entryPoint);
        entries[entryPoint] = entry;
        return entry;
    }
}
