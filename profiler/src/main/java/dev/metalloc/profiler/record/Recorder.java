// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import dev.metalloc.profiler.api.EntryPoint;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Records the off-heap allocations of one JVM; one instance for its life, any thread.
 *
 * <p>Threads record into a {@link ThreadRecorder} of their own. A ticker calls {@link #tick}; without it counts are as exact,
 * but lifetimes in nanoseconds are zero, there is no time line, and the threads that ended are folded later.
 */
@SuppressWarnings("EnumOrdinal") // the ordinal is an entry point's number in hot paths, as its description says
public final class Recorder {
    static final int ENTRY_POINTS = EntryPoint.values().length;
    static final int ARENA_CONFINED = EntryPoint.ARENA_CONFINED.ordinal();
    static final int MAPPED_FILE = EntryPoint.MAPPED_FILE.ordinal();
    private static final int MALLOC_DOWNCALL = EntryPoint.MALLOC_DOWNCALL.ordinal();
    static final int ARENA_GLOBAL = EntryPoint.ARENA_GLOBAL.ordinal();

    final RecorderOptions options;
    final StackSource stacks;
    final double lifetimeMeanBytes;
    final LiveBytes liveBytes = new LiveBytes(this);
    final LiveBlockTable blocks;
    final SiteTable sites;
    final StackDuty stackDuty = new StackDuty();
    final BurstRoom burstRoom = new BurstRoom();
    final LastThread lastThread = new LastThread();
    final RecorderRegistry registry;

    private final boolean[] used = new boolean[ENTRY_POINTS];
    private final boolean[] calledByOthers = new boolean[ENTRY_POINTS];
    private final AtomicLong elapsedNanos = new AtomicLong();
    private final AtomicLong arenaBlocksHeld = new AtomicLong();
    private final AtomicLong unkeptRecords = new AtomicLong();
    private final AtomicLong arenaBlocksDropped = new AtomicLong();
    private final AtomicInteger certainStacksLeft;
    private final AtomicInteger changeCount = new AtomicInteger();
    private final RecorderTicks ticks;
    private volatile boolean joinedLate;
    private volatile boolean tellsCallers;

    public Recorder(RecorderOptions options, StackSource stacks) {
        this.options = options;
        this.stacks = stacks;
        this.lifetimeMeanBytes = options.lifetimeIntervalBytes();
        this.certainStacksLeft = new AtomicInteger(options.certainStacks());
        this.blocks = new LiveBlockTable(
                options.maxLiveBlocks(), options.followsAll() ? AddressFilter.open() : AddressFilter.empty());
        this.sites = new SiteTable(options.maxSites());
        this.registry = new RecorderRegistry(this);
        this.ticks = new RecorderTicks(this);
    }

    /**
     * The recorder of a platform thread or carrier, made at its first call. The thread must call this itself, and use
     * what it gets only as long as it runs on that carrier.
     */
    public ThreadRecorder threadRecorder(Thread carrier) {
        return registry.recorder(carrier);
    }

    /** To be called before anything is recorded of an application that has blocks already. */
    public void joinLate() {
        joinedLate = true;
    }

    /** To be called before anything is recorded by whoever tells whose handles are called. */
    public void tellCallers() {
        tellsCallers = true;
    }

    /** Finds the recorders of threads, for a hot path. */
    public RecorderRegistry registry() {
        return registry;
    }

    /** Moves the coarse clock on, the first call starts it; one ticker thread, every 1 to 10 ms. */
    public void tick(long nanoTime) {
        elapsedNanos.setOpaque(ticks.elapsedNanos(nanoTime));
        ticks.observe(elapsedNanos.getPlain());
    }

    /**
     * Sets the coarse clock and looks at the live bytes at once: for what is replayed on a clock of its own, where the same events must
     * always leave the same record. In place of {@link #tick}.
     */
    public void advance(long elapsedNanos) {
        this.elapsedNanos.setOpaque(elapsedNanos);
        registry.reading.acquire();
        try {
            ticks.observeNow(elapsedNanos);
        } finally {
            registry.reading.release();
        }
    }

    /** All that was recorded up to about now, while other threads go on recording; any thread. */
    @ReservedStack
    public RawSnapshot snapshot() {
        registry.reading.acquire();
        try {
            registry.foldEnded();
            ticks.observeNow(elapsedNanos());
            return new SnapshotBuilder(this, ticks).build();
        } finally {
            registry.reading.release();
        }
    }

    /** The coarse clock: nanoseconds since the first tick, as of the last one. */
    long elapsedNanos() {
        return elapsedNanos.getOpaque();
    }

    /** A thread begins to record what goes through the entry point. */
    void use(int entryPoint) {
        used[entryPoint] = true;
    }

    /** Read first: the flag is raised once, and called for at each event. */
    void calledByOthers(int entryPoint) {
        if (!calledByOthers[entryPoint]) {
            calledByOthers[entryPoint] = true;
        }
    }

    /** {@link EntryRow#CALLERS}. */
    int callers(int entryPoint) {
        if (!tellsCallers || entryPoint != MALLOC_DOWNCALL) {
            return EntryRow.UNKNOWN_CALLERS;
        }
        return calledByOthers[entryPoint] ? EntryRow.OTHER_CALLERS : EntryRow.KEEPERS;
    }

    /** Some thread has begun to record what goes through an entry point, or ended. */
    void countChange() {
        changeCount.getAndIncrement();
    }

    /** Differs from what it was where something of {@link #countChange} has happened since. */
    int changeCount() {
        return changeCount.get();
    }

    /** Whether any thread has recorded anything of the entry point; false too where it only just begins to. */
    boolean isUsed(int entryPoint) {
        return used[entryPoint];
    }

    static boolean isArena(int entryPoint) {
        return entryPoint <= ARENA_GLOBAL; // the arenas come first in EntryPoint
    }

    /** {@link EntryPoint#isApart}. */
    static boolean isApart(int entryPoint) {
        return entryPoint >= MAPPED_FILE; // mapped files and the pools come last in EntryPoint
    }

    /** Whether {@link #mostLiveBytes} says more of any entry point than the estimate. */
    boolean boundsLiveBytes() {
        return !options.followsAll() && !joinedLate;
    }

    /**
     * What the live bytes of an entry point cannot exceed: the number of its live blocks, which is exact, times the largest size. It
     * bounds an estimate where little is live, when one followed block stands for more than there is.
     *
     * <p>No bound where all is exact, or where frees of blocks that were never seen to begin are common.
     */
    @OutOfLine
    long mostLiveBytes(int entryPoint) {
        if (!boundsLiveBytes() || isArena(entryPoint) || entryPoint == MALLOC_DOWNCALL) {
            return Long.MAX_VALUE;
        }
        EntryRecord ended = registry.ended.entryOrNull(entryPoint);
        long liveBlocks = ended == null ? 0 : ended.liveBlocks();
        long maxByteSize = ended == null ? 0 : ended.maxByteSize;
        @Nullable ThreadRecorder[] threads = registry.held();
        for (int slot = 0; slot < threads.length; slot++) {
            ThreadRecorder thread = threads[slot];
            EntryRecord entry = thread == null ? null : thread.entryOrNull(entryPoint);
            if (entry != null) {
                liveBlocks += entry.liveBlocks();
                maxByteSize = Math.max(maxByteSize, entry.maxByteSize);
            }
        }
        boolean isBound = liveBlocks > 0 && maxByteSize <= Long.MAX_VALUE / liveBlocks;
        return isBound ? liveBlocks * maxByteSize : Long.MAX_VALUE;
    }

    /** Whether one of the first call sites is still to be taken. */
    boolean takesCertainStack() {
        return hasCertainStacksLeft() && certainStacksLeft.getAndDecrement() > 0;
    }

    boolean hasCertainStacksLeft() {
        return certainStacksLeft.getPlain() > 0;
    }

    /** The weight of a block in the sums of its call site. */
    long siteWeight(long byteSize, long meta) {
        return (meta & BlockMeta.CERTAIN_SITE) != 0
                ? ByteSampler.ONE
                : ByteSampler.weight(stackMeanBytes(BlockMeta.step(meta)), byteSize);
    }

    /** The mean distance of two stacks at a step of the {@link StackDuty}. */
    double stackMeanBytes(int step) {
        double meanBytes = options.stackIntervalBytes();
        for (int i = 0; i < step; i++) {
            meanBytes *= StackDuty.STEP_FACTOR;
        }
        return meanBytes;
    }

    /** Whether arenas may keep so many blocks more; they share one limit, as large as that of the live table. */
    boolean reserveArenaBlocks(int count) {
        if (arenaBlocksHeld.addAndGet(count) <= options.maxLiveBlocks()) {
            return true;
        }
        arenaBlocksHeld.addAndGet(-count);
        return false;
    }

    /** A record that no thread keeps was made for an arena, or its arena was closed. */
    void countUnkeptRecord(int change) {
        unkeptRecords.getAndAdd(change);
    }

    void releaseArenaBlocks(int count) {
        if (count != 0) {
            arenaBlocksHeld.addAndGet(-count);
        }
    }

    void countDroppedArenaBlock() {
        arenaBlocksDropped.getAndIncrement();
    }

    long droppedBlockCount() {
        return blocks.droppedCount() + arenaBlocksDropped.get();
    }

    /** The sums over all threads, ended ones included; null where an entry point saw nothing. Under registry.reading. */
    @Nullable
    EntryRecord[] totals() {
        @Nullable EntryRecord[] totals = new @Nullable EntryRecord[ENTRY_POINTS];
        @Nullable ThreadRecorder[] threads = registry.held();
        for (int i = 0; i < ENTRY_POINTS; i++) {
            addTotal(totals, registry.ended.entryOrNull(i));
            for (int slot = 0; slot < threads.length; slot++) {
                ThreadRecorder thread = threads[slot];
                addTotal(totals, thread == null ? null : thread.entryOrNull(i));
            }
        }
        return totals;
    }

    /** An estimate from the lengths of the arrays. Under registry.reading. */
    long heldBytes() {
        long bytes = blocks.heldBytes()
                + sites.heldBytes()
                + registry.heldBytes()
                + registry.ended.heldBytes()
                + ticks.heldBytes()
                + unkeptRecords.get() * ArenaRecord.HELD_BYTES
                + arenaBlocksHeld.get() * FollowedBlocks.VALUES * Long.BYTES;
        @Nullable ThreadRecorder[] threads = registry.held();
        for (int slot = 0; slot < threads.length; slot++) {
            ThreadRecorder thread = threads[slot];
            bytes += thread == null ? 0 : thread.heldBytes();
        }
        return bytes;
    }

    private static void addTotal(@Nullable EntryRecord[] totals, @Nullable EntryRecord entry) {
        if (entry == null) {
            return;
        }
        EntryRecord total = totals[entry.entryPoint];
        if (total == null) {
            total = EntryRecord.total(entry.entryPoint);
            totals[entry.entryPoint] = total;
        }
        entry.addTo(total);
    }
}
