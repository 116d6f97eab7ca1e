// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.bump;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import dev.metalloc.allocators.source.ReservedRegion;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves blocks one behind the other from chunks; memory is used again when the last block of a chunk is freed, or when
 * the freed block was the last one of its chunk.
 *
 * <p>Confined: one thread at a time. Use after {@link #close()} is undefined.
 */
/* Implementation notes
 *
 * Chunks are made in the order of addresses. One is current; the others hold live blocks, or wait empty on a stack.
 *
 * Invariants, besides those of BumpChunk: the stack holds exactly the empty chunks other than the current one;
 *   the sum of live bytes over chunks == usedBytes
 */
public final class BumpAllocator implements OffHeapAllocator {

    public static final long DEFAULT_CHUNK_BYTES = 1L << 20;
    public static final long DEFAULT_REGION_BYTES = 16L << 30;

    private static final long LEAST_CHUNK_BYTES = 64 << 10;
    private static final int NONE = -1;

    private final ReservedRegion region;
    private final long maxBlockBytes;
    private final int chunkBytes;
    private final int chunkShift;
    private final @Nullable BumpChunk[] chunks;
    private final int[] emptyChunks;
    private final AllocatorTraits traits;

    /** Never null once there is a chunk; before, a chunk without room. */
    private BumpChunk current = new BumpChunk(0);

    private int currentIndex = NONE;
    private int currentEnd;
    private long currentBase;
    private int madeChunks;
    private int emptyCount;
    private long usedBytes;
    private long allocateCount;
    private long freeCount;
    private long refusedFreeCount;

    /**
     * @param chunkBytes a power of two from 64 KiB to 1 GiB; a quarter of it is the largest block
     * @param regionBytes address space to reserve; less is taken where there is not so much
     */
    public BumpAllocator(ChunkSource source, long chunkBytes, long regionBytes) {
        Sizes.requirePowerOfTwo("chunkBytes", chunkBytes, LEAST_CHUNK_BYTES, 1L << 30);
        Sizes.requireRange("regionBytes", regionBytes, chunkBytes, 1L << 40);
        this.chunkBytes = (int) chunkBytes;
        this.chunkShift = Sizes.log2(chunkBytes);
        this.maxBlockBytes = maxBlockBytes(chunkBytes);
        region = ReservedRegion.reserve(source, regionBytes, chunkBytes, chunkBytes, chunkBytes);
        chunks = new BumpChunk[(int) (region.byteSize() >>> chunkShift)];
        emptyChunks = new int[chunks.length];
        traits = traits(chunkBytes);
    }

    /** Larger blocks would leave too much of a chunk unused. */
    private static long maxBlockBytes(long chunkBytes) {
        return chunkBytes / 4;
    }

    public static AllocatorTraits traits(long chunkBytes) {
        return new AllocatorTraits(
                "bump",
                0,
                maxBlockBytes(chunkBytes),
                maxBlockBytes(chunkBytes),
                Set.of(
                        Flag.SHORT_RUN,
                        Flag.FEW_FREES,
                        Flag.BULK_FREE,
                        Flag.LIFO_FREE,
                        Flag.SHORT_LIVED,
                        Flag.PHASED,
                        Flag.SINGLE_THREAD,
                        Flag.SMALL),
                Set.of(Flag.MIXED_LIVED, Flag.RANDOM_FREE, Flag.FRAGMENTATION_PRONE, Flag.HUGE),
                150_000,
                // Two bits for each granule of 16 bytes.
                0.5,
                false,
                true,
                ThreadModel.CONFINED);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        return allocate(byteSize, byteAlignment, false);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        return allocate(byteSize, byteAlignment, true);
    }

    private long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        if (Long.compareUnsigned(byteSize, maxBlockBytes) > 0 || byteAlignment > maxBlockBytes) {
            return NULL;
        }
        int size = granuleBytes(byteSize);
        int offset = (int) Sizes.alignUp(current.top(), Math.max(MIN_ALIGNMENT, byteAlignment));
        if (offset + size > currentEnd) {
            if (!advance()) {
                return NULL;
            }
            offset = 0;
        }
        int dirty = current.dirtyBytes();
        current.append(offset, size);
        usedBytes += size;
        allocateCount++;
        long address = currentBase + offset;
        if (zeroed && offset < dirty) {
            OffHeapMemory.zeroGranules(address, Math.min(size, dirty - offset));
        }
        return address;
    }

    private static int granuleBytes(long byteSize) {
        return (int) Math.max(MIN_ALIGNMENT, Sizes.alignUp(byteSize, MIN_ALIGNMENT));
    }

    /** Makes an empty chunk the current one; false where there is none. */
    @SlowPath
    private boolean advance() {
        int index = emptyCount > 0 ? emptyChunks[emptyCount - 1] : madeChunks;
        if (index == chunks.length) {
            return false;
        }
        long from = (long) index << chunkShift;
        if (!region.commit(from, from + chunkBytes, false)) {
            return false;
        }
        BumpChunk chunk = chunks[index];
        if (chunk == null) {
            chunk = new BumpChunk(chunkBytes);
            chunks[index] = chunk;
            madeChunks++;
        } else {
            emptyCount--;
        }
        makeCurrent(chunk, index);
        return true;
    }

    private void makeCurrent(BumpChunk chunk, int index) {
        if (currentIndex != NONE && current.liveCount() == 0) {
            emptyChunks[emptyCount++] = currentIndex;
        }
        current = chunk;
        currentIndex = index;
        currentEnd = chunkBytes;
        currentBase = region.base() + ((long) index << chunkShift);
    }

    @Override
    public FreeOutcome free(long address) {
        BumpChunk chunk = region.owns(address) ? chunks[indexOf(address)] : null;
        FreeOutcome refusal = refusal(chunk, address);
        if (chunk == null || refusal != FreeOutcome.FREED) {
            refusedFreeCount++;
            return refusal;
        }
        int liveBytes = chunk.liveBytes();
        chunk.free(offsetOf(address));
        usedBytes -= liveBytes - chunk.liveBytes();
        freeCount++;
        if (chunk.liveCount() == 0 && chunk != current) {
            emptyChunks[emptyCount++] = indexOf(address);
        }
        return FreeOutcome.FREED;
    }

    /** Why the address cannot be freed, or FREED where it can. */
    private FreeOutcome refusal(@Nullable BumpChunk chunk, long address) {
        if (!region.owns(address)) {
            return FreeOutcome.FOREIGN;
        }
        if (chunk == null || (address & MIN_ALIGNMENT - 1) != 0) {
            return FreeOutcome.NOT_A_BLOCK;
        }
        int offset = offsetOf(address);
        if (chunk.isLive(offset)) {
            return FreeOutcome.FREED;
        }
        // Above the top no start is on record any more: what was freed there last was a block as likely as not.
        return chunk.isStart(offset) || offset >= chunk.top() ? FreeOutcome.ALREADY_FREE : FreeOutcome.NOT_A_BLOCK;
    }

    private int indexOf(long address) {
        return (int) ((address - region.base()) >>> chunkShift);
    }

    private int offsetOf(long address) {
        return (int) (address - region.base()) & chunkBytes - 1;
    }

    @Override
    public long reallocate(long address, long byteSize) {
        long usable = usableSize(address);
        if (usable < 0 || byteSize < 0 || byteSize > maxBlockBytes) {
            return NULL;
        }
        if (resizeInPlace(address, (int) usable, granuleBytes(byteSize))) {
            return address;
        }
        long moved = allocate(byteSize, MIN_ALIGNMENT);
        if (moved != NULL) {
            OffHeapMemory.copy(address, moved, Math.min(usable, byteSize));
            free(address);
        }
        return moved;
    }

    private boolean resizeInPlace(long address, int usable, int wanted) {
        int offset = offsetOf(address);
        BumpChunk chunk = chunks[indexOf(address)];
        if (chunk != null && offset + usable == chunk.top() && offset + wanted <= chunkBytes) {
            chunk.resizeLast(offset, wanted);
            usedBytes += wanted - usable;
            return true;
        }
        return wanted <= usable;
    }

    @Override
    public boolean owns(long address) {
        return region.owns(address);
    }

    @Override
    public long usableSize(long address) {
        BumpChunk chunk = region.owns(address) ? chunks[indexOf(address)] : null;
        return chunk != null && refusal(chunk, address) == FreeOutcome.FREED ? chunk.byteSize(offsetOf(address)) : -1;
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    @Override
    public AllocatorStats stats() {
        return new AllocatorStats(
                allocateCount,
                freeCount,
                refusedFreeCount,
                usedBytes,
                region.committedBytes() - usedBytes,
                recordBytes(),
                region.committedBytes(),
                region.peakCommittedBytes(),
                region.byteSize());
    }

    private long recordBytes() {
        long bytes = region.recordBytes() + ArrayBytes.of(chunks) + ArrayBytes.of(emptyChunks);
        for (int i = 0; i < madeChunks; i++) {
            BumpChunk chunk = chunks[i];
            bytes += chunk == null ? 0 : chunk.heldBytes();
        }
        return bytes;
    }

    @Override
    public long purge() {
        if (currentIndex != NONE && current.liveCount() == 0) {
            BumpChunk none = new BumpChunk(0);
            emptyChunks[emptyCount++] = currentIndex;
            current = none;
            currentIndex = NONE;
            currentEnd = 0;
        }
        long bytes = 0;
        for (int i = 0; i < emptyCount; i++) {
            BumpChunk chunk = chunks[emptyChunks[i]];
            if (chunk != null) {
                long from = (long) emptyChunks[i] << chunkShift;
                bytes += region.purge(from, from + chunkBytes);
                chunk.notePurged();
            }
        }
        return bytes;
    }

    @Override
    public void validate() {
        region.validate();
        long liveBytes = 0;
        long liveCount = 0;
        int empty = 0;
        for (int i = 0; i < madeChunks; i++) {
            BumpChunk chunk = chunks[i];
            check(chunk != null, "chunks are made in order");
            if (chunk != null) {
                chunk.validate();
                liveBytes += chunk.liveBytes();
                liveCount += chunk.liveCount();
                empty += chunk.liveCount() == 0 && i != currentIndex ? 1 : 0;
            }
        }
        check(liveBytes == usedBytes, "live bytes == used bytes");
        check(liveCount == allocateCount - freeCount, "live blocks == allocated - freed");
        check(empty == emptyCount, "empty chunks == those on the stack");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("bump: broken: " + equation);
        }
    }

    @Override
    public void close() {
        region.release();
    }
}
