// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.jspecify.annotations.Nullable;

/**
 * Follows blocks of one thread from their allocation to their free, and counts how and when they were freed; that thread alone.
 *
 * <p>They are kept in the {@link LiveBlockTable}, but for the newest where all blocks are followed ({@link NewestBlock}).
 */
final class BlockFollower {
    private final ThreadRecorder thread;
    private final Recorder recorder;
    private final boolean followsAll;
    private final long[] removed = new long[LiveBlockTable.VALUES];

    /** Where all blocks are followed, the slots that are looked at first; null elsewhere. They spare the way through the table. */
    private @Nullable LiveBlockSlots nearSlots;

    /** Empty but where all blocks are followed. */
    final NewestBlock newest = new NewestBlock();

    BlockFollower(ThreadRecorder thread) {
        this.thread = thread;
        this.recorder = thread.recorder;
        this.followsAll = recorder.options.followsAll();
    }

    /** Follows a block that {@link QuickCounts} has counted; no sum needs it but for the live bytes. */
    void followCounted(EntryRecord entry, long address, long byteSize) {
        hold(entry, address, byteSize, BlockMeta.ofOwner(thread.owner) | BlockMeta.CERTAIN_BLOCK | entry.entryPoint);
        thread.changeLiveBytes(entry, byteSize);
    }

    private void hold(EntryRecord entry, long address, long byteSize, long meta) {
        settle();
        if (entry.bursts != null) {
            entry.bursts.allocated(entry.quick.allocateCount(), byteSize, thread.allocatedBytes(), false, 0);
        }
        newest.hold(address, byteSize, thread.allocatedBytes(), recorder.elapsedNanos(), meta, entry.quick.liveCount());
    }

    /** Puts the newest block, if it is held, into the table: before another one of this thread comes or goes, or once the thread has ended. */
    void settle() {
        if (!newest.isEmpty()) {
            settleNewest();
        }
    }

    private void settleNewest() {
        long address = newest.address();
        long byteSize = newest.byteSize();
        long birthBytes = newest.birthBytes();
        long birthNanos = newest.birthNanos();
        long meta = newest.meta();
        long liveCount = newest.liveCount();
        EntryRecord entry = thread.entry(BlockMeta.entryPoint(meta));
        long mark = entry.order.mark(liveCount);
        entry.quick.watch(liveCount);
        LiveBlockSlots near = nearSlots;
        if ((near == null
                        || near.insert(address, byteSize, birthBytes, birthNanos, meta, mark, newest)
                                == LiveBlockSlots.NO_ROOM)
                && !insertElsewhere(address, byteSize, birthBytes, birthNanos, meta, mark)
                && newest.drop()) {
            BandRow.addFollowed(entry.band(SizeBands.band(byteSize)), byteSize, -1);
            thread.changeLiveBytes(entry, -byteSize);
        }
    }

    @OutOfLine
    private boolean insertElsewhere(
            long address, long byteSize, long birthBytes, long birthNanos, long meta, long mark) {
        boolean inserted = recorder.blocks.insert(address, byteSize, birthBytes, birthNanos, meta, mark, newest);
        nearSlots = recorder.blocks.newest();
        return inserted;
    }

    /** The free of any block, where all are followed. */
    void freed(int entryPoint, long address) {
        if (newest.is(address)) {
            freeNewest(entryPoint);
            return;
        }
        settle();
        LiveBlockSlots near = nearSlots;
        if (near != null && near.remove(address, removed)) {
            freeFollowed(entryPoint, removed);
        } else {
            thread.freedUnusually(entryPoint, address);
        }
    }

    /** The block was the last one in, and is the first one out. */
    private void freeNewest(int freedThrough) {
        long byteSize = newest.byteSize();
        long birthBytes = newest.birthBytes();
        long birthNanos = newest.birthNanos();
        long meta = newest.meta();
        newest.clear();
        if (NativeFrees.isNative(freedThrough, meta)) {
            recorder.blocks.nativeFrees.add(BlockMeta.entryPoint(meta));
        }
        EntryRecord entry = thread.entry(BlockMeta.entryPoint(meta));
        long[] row = entry.band(SizeBands.band(byteSize));
        row[BandRow.LAST_BIRTH_BYTES] = birthBytes;
        entry.accountedFreeCount++;
        boolean atOnce = BandRow.isShortest(recorder.elapsedNanos() - birthNanos, thread.allocatedBytes() - birthBytes);
        if (atOnce && entry.quick.freedAtOnce(byteSize)) {
            if (entry.bursts != null) {
                entry.bursts.ended(birthBytes, thread.allocatedBytes() - birthBytes, false);
            }
            thread.changeLiveBytes(entry, -byteSize);
        } else {
            entry.quick.countFree();
            countFollowedFree(row, byteSize, birthBytes, birthNanos, meta, BandRow.LIFO_FREE_WEIGHT);
            changeLiveBytes(entry, row, -byteSize);
        }
    }

    /** The free of a block that may be in the table. */
    @OutOfLine
    void freedPerhaps(int entryPoint, long address) {
        if (take(address, removed)) {
            freeFollowed(entryPoint, removed);
        } else {
            thread.entry(entryPoint).countFree();
        }
    }

    /** Takes a followed block of any thread out of where it is kept, and copies its values; false where it is not known. */
    boolean take(long address, long[] into) {
        return recorder.blocks.remove(address, into) || (followsAll && recorder.registry.takeNewest(address, into));
    }

    /** Follows a block that its band has counted; answers whether there was room. */
    @OutOfLine
    boolean follow(EntryRecord entry, long[] row, long address, long byteSize, long chain) {
        long meta = thread.pickedMeta(entry, byteSize, thread.isCertain(row));
        if (followsAll && chain == ChainMark.NONE && BlockMeta.site(meta) == 0) {
            hold(entry, address, byteSize, meta);
            countFollowed(entry, row, byteSize, meta);
            return true;
        }
        settle();
        long liveCount = entry.quick.liveCount();
        long mark = entry.order.mark(liveCount) | chain;
        entry.quick.watch(liveCount);
        if (!recorder.blocks.insert(address, byteSize, thread.allocatedBytes(), recorder.elapsedNanos(), meta, mark)) {
            return false;
        }
        addToBurst(entry, byteSize, chain, 0);
        countFollowed(entry, row, byteSize, meta);
        return true;
    }

    /** Follows a block for nothing but its burst's sake; answers whether there was room. */
    @OutOfLine
    boolean followInBurst(EntryRecord entry, long address, long byteSize, long chain) {
        long meta = BlockMeta.ofOwner(thread.owner) | entry.entryPoint;
        long mark = (chain == ChainMark.NONE ? ChainMark.UNKNOWN_BEGIN : chain) | ChainMark.NOT_FOLLOWED;
        boolean isKept =
                recorder.blocks.insert(address, byteSize, thread.allocatedBytes(), recorder.elapsedNanos(), meta, mark);
        // In any case: a stretch that got no further would keep every block from being merely counted.
        addToBurst(entry, byteSize, chain, isKept ? address : 0);
        return isKept;
    }

    private void addToBurst(EntryRecord entry, long byteSize, long chain, long ownAddress) {
        Bursts bursts = entry.bursts;
        if (bursts != null) {
            bursts.allocated(
                    entry.quick.allocateCount(),
                    byteSize,
                    thread.allocatedBytes(),
                    chain != ChainMark.NONE,
                    ownAddress);
            entry.quick.refuse(!followsAll && bursts.isUnderWay());
        }
    }

    private void countFollowed(EntryRecord entry, long[] row, long byteSize, long meta) {
        long weight = thread.odds.weight(byteSize, meta);
        long bytes = ByteSampler.weightedBytes(byteSize, weight);
        BandRow.countFollowed(row, weight, bytes);
        changeLiveBytes(entry, row, bytes);
    }

    private void freeFollowed(int freedThrough, long[] block) {
        long meta = block[LiveBlockTable.META];
        if (NativeFrees.isNative(freedThrough, meta)) {
            recorder.blocks.nativeFrees.add(BlockMeta.entryPoint(meta));
        }
        long birthBytes = block[LiveBlockTable.BIRTH_BYTES];
        EntryRecord entry = thread.entry(BlockMeta.entryPoint(meta));
        if (ChainMark.isNotFollowed(block[LiveBlockTable.ORDER_MARK])) {
            entry.countFree();
            endInBurst(block, false);
            return;
        }
        long[] row = entry.band(SizeBands.band(block[LiveBlockTable.SIZE]));
        int column;
        if (BlockMeta.owner(meta) == thread.owner) {
            long liveCount = entry.quick.liveCount();
            column = entry.order.column(
                    block[LiveBlockTable.ORDER_MARK], liveCount, birthBytes, row[BandRow.LAST_BIRTH_BYTES]);
            row[BandRow.LAST_BIRTH_BYTES] = birthBytes;
            entry.countFree();
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
        changeLiveBytes(entry, row, -ByteSampler.weightedBytes(byteSize, thread.odds.weight(byteSize, meta)));
    }

    /** The same, but for the live bytes. */
    void countFollowedFree(long[] row, long byteSize, long birthBytes, long birthNanos, long meta, int orderColumn) {
        long weight = thread.odds.weight(byteSize, meta);
        long allocatingThread = BlockMeta.owner(meta);
        boolean remote = allocatingThread != thread.owner;
        BandRow.countFollowedFree(row, weight, orderColumn, remote);
        long lifetimeNanos = Math.max(0, recorder.elapsedNanos() - birthNanos);
        BandRow.countLifetimeNanos(row, lifetimeNanos, weight);
        long lifetimeBytes = lifetimeBytes(allocatingThread, birthBytes);
        if (lifetimeBytes != ThreadRecorder.UNKNOWN) {
            BandRow.countLifetimeBytes(row, lifetimeBytes, weight);
            endInBurst(meta, birthBytes, lifetimeBytes, orderColumn == BandRow.UNORDERED_FREE_WEIGHT);
        }
        if (BlockMeta.site(meta) != 0) {
            countSiteFree(byteSize, birthBytes, meta, lifetimeBytes, lifetimeNanos, orderColumn);
        }
    }

    /** On the clock of the allocating thread; {@link ThreadRecorder#UNKNOWN} where that has ended. */
    private long lifetimeBytes(long owner, long birthBytes) {
        long clock = owner == thread.owner ? thread.allocatedBytes() : recorder.registry.allocatedBytes(owner);
        return clock >= birthBytes ? clock - birthBytes : ThreadRecorder.UNKNOWN;
    }

    /** Ends a block that counts for nothing else. */
    void endInBurst(long[] block, boolean grows) {
        long meta = block[LiveBlockTable.META];
        long birthBytes = block[LiveBlockTable.BIRTH_BYTES];
        long lifetimeBytes = lifetimeBytes(BlockMeta.owner(meta), birthBytes);
        if (lifetimeBytes != ThreadRecorder.UNKNOWN) {
            endInBurst(meta, birthBytes, lifetimeBytes, grows);
        }
    }

    /** The bursts are those of the thread that allocated the block. */
    private void endInBurst(long meta, long birthBytes, long lifetimeBytes, boolean grows) {
        long owner = BlockMeta.owner(meta);
        ThreadRecorder allocating = owner == thread.owner ? thread : recorder.registry.threadOf(owner);
        EntryRecord entry = allocating == null ? null : allocating.entryOrNull(BlockMeta.entryPoint(meta));
        if (entry != null && entry.bursts != null) {
            entry.bursts.ended(birthBytes, lifetimeBytes, grows);
        }
    }

    @OutOfLine
    private void countSiteFree(
            long byteSize, long birthBytes, long meta, long lifetimeBytes, long lifetimeNanos, int orderColumn) {
        SiteRecord site = recorder.sites.site(BlockMeta.site(meta));
        if (site != null) {
            long owner = BlockMeta.owner(meta);
            site.freed(
                    byteSize,
                    recorder.siteWeight(byteSize, meta),
                    owner,
                    birthBytes,
                    lifetimeBytes,
                    lifetimeNanos,
                    owner != thread.owner,
                    orderColumn);
        }
    }

    private void changeLiveBytes(EntryRecord entry, long[] row, long bytes) {
        row[BandRow.LIVE_BYTES] += bytes;
        thread.changeLiveBytes(entry, bytes);
    }
}
