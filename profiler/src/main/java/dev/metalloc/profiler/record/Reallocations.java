// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * The reallocations that one thread makes: what becomes of blocks that are followed, and how long their chains get; that thread alone.
 *
 * <p>A chain is a block and all it moves to. It is followed to its end where its first block was, with that block's weight; where a
 * block in between would not be followed by itself, it is kept in the table for the chain's sake only ({@link ChainMark}).
 */
final class Reallocations {
    private final ThreadRecorder thread;
    private final Recorder recorder;
    private final long[] old = new long[LiveBlockTable.VALUES];
    private int number;

    Reallocations(ThreadRecorder thread) {
        this.thread = thread;
        this.recorder = thread.recorder;
    }

    /** {@link ThreadRecorder#beginReallocate}. */
    long begin(long address) {
        thread.follower.settle();
        if (!thread.follower.take(address, old)) {
            return ThreadRecorder.UNKNOWN;
        }
        number = (number + 1) & Integer.MAX_VALUE;
        return number;
    }

    /** {@link ThreadRecorder#endReallocate}. */
    void end(int entryPoint, long token, long oldAddress, long newAddress, long byteSize, int flags) {
        boolean isKnown = token == number && token != ThreadRecorder.UNKNOWN;
        if (newAddress == 0 && byteSize != 0) {
            if (isKnown) {
                restore(oldAddress);
            }
            return;
        }
        long chain = LiveBlockTable.isAddress(oldAddress) ? ChainMark.UNKNOWN_BEGIN : ChainMark.NONE;
        if (isKnown) {
            if (NativeFrees.isNative(entryPoint, old[LiveBlockTable.META])) {
                recorder.blocks.nativeFrees.add(BlockMeta.entryPoint(old[LiveBlockTable.META]));
            }
            chain = newAddress == 0 ? ChainMark.NONE : countStep();
            replace(newAddress, byteSize);
        } else if (LiveBlockTable.isAddress(oldAddress)) {
            EntryRecord entry = thread.entry(entryPoint);
            entry.counters[EntryRow.REALLOCATE_COUNT] += newAddress == 0 ? 0 : 1;
            entry.quick.countFree();
        }
        boolean isFollowed = thread.allocated(entryPoint, newAddress, byteSize, 0, flags, chain);
        if (!isFollowed && ChainMark.isCounted(chain) && newAddress != 0) {
            keepChain(newAddress, byteSize, chain);
        }
    }

    /** Makes the chain longer by one; answers what the next block carries on. */
    private long countStep() {
        long meta = old[LiveBlockTable.META];
        long mark = old[LiveBlockTable.ORDER_MARK];
        int length = ChainMark.length(mark);
        long weight = length == 0 ? thread.odds.weight(old[LiveBlockTable.SIZE], meta) : ChainMark.weight(mark);
        if (weight != 0) {
            long[] counters = thread.entry(BlockMeta.entryPoint(meta)).counters;
            counters[EntryRow.CHAINS + ChainMark.bucket(length + 1)] += weight;
            if (length > 0) {
                counters[EntryRow.CHAINS + ChainMark.bucket(length)] -= weight;
            }
        }
        return ChainMark.of(length + 1, weight);
    }

    private void keepChain(long address, long byteSize, long chain) {
        long meta = old[LiveBlockTable.META];
        recorder.blocks.insert(
                address,
                byteSize,
                thread.allocatedBytes(),
                recorder.elapsedNanos(),
                BlockMeta.ofOwner(thread.owner) | BlockMeta.entryPoint(meta),
                chain | ChainMark.NOT_FOLLOWED);
    }

    /** The block moves, nobody chose to free it now: that tells nothing of the program's order. */
    private void replace(long newAddress, long byteSize) {
        long meta = old[LiveBlockTable.META];
        EntryRecord entry = thread.entry(BlockMeta.entryPoint(meta));
        entry.counters[EntryRow.REALLOCATE_COUNT] += newAddress == 0 ? 0 : 1;
        if (ChainMark.isNotFollowed(old[LiveBlockTable.ORDER_MARK])) {
            entry.quick.countFree();
            thread.follower.endInBurst(old, newAddress != 0);
            return;
        }
        long oldByteSize = old[LiveBlockTable.SIZE];
        long[] row = entry.band(SizeBands.band(oldByteSize));
        if (newAddress != 0) {
            long weight = thread.odds.weight(oldByteSize, meta);
            row[BandRow.REALLOCATE_WEIGHT] += weight;
            row[BandRow.GROW_WEIGHT] += byteSize > oldByteSize ? weight : 0;
            countAtSite(oldByteSize, meta, byteSize > oldByteSize);
        }
        if (BlockMeta.owner(meta) == thread.owner) {
            entry.quick.countFree();
            entry.accountedFreeCount++;
        } else {
            entry.liveBlocksElsewhere--;
        }
        thread.follower.countFollowedFree(entry, row, old, BandRow.UNORDERED_FREE_WEIGHT);
    }

    /** At the site of the block that is reallocated, if it was sampled: the new one has the site of the call, if it is. */
    private void countAtSite(long oldByteSize, long meta, boolean grows) {
        SiteRecord site = recorder.sites.site(BlockMeta.site(meta));
        if (site != null) {
            site.reallocated(recorder.siteWeight(oldByteSize, meta), grows);
        }
    }

    private void restore(long address) {
        recorder.blocks.insert(
                address,
                old[LiveBlockTable.SIZE],
                old[LiveBlockTable.BIRTH_BYTES],
                old[LiveBlockTable.BIRTH_NANOS],
                old[LiveBlockTable.META],
                old[LiveBlockTable.ORDER_MARK]);
    }
}
