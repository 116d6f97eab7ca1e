// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps blocks that a thread freed for its next requests, in front of an allocator that one thread at a time may call.
 *
 * <p>Any thread: blocks of up to 32 KiB come from and go to the caller's own magazines without a lock; all else is done
 * under one lock. A thread whose platform thread is not known goes to the allocator behind. A dead thread's blocks pass to
 * the next new one; {@link #purge()} empties the magazines of the caller and of dead threads, not of other live ones.
 */
/* Implementation notes
 *
 * The idea is Bonwick and Adams' magazines (Magazines and Vmem, USENIX 2001). Requests are rounded up to a size class, so that
 * every block of a magazine serves the same requests.
 *
 * marks says of each block the layer handed out, by its start: 0 nothing, class + 1 that it is live, that and CACHED that
 * it is free and in a magazine. A free is one compare-and-set of the mark, so of two frees only one is obeyed. A block
 * is first freed behind and then loses its mark: a second free in between is refused by the mark, and if the block was
 * handed out again its new mark stays, since only CACHED is taken away.
 *
 * Invariants: blocks in magazines are live in the allocator behind, and marked CACHED;
 *   behind.liveCount == live blocks + blocks in magazines;  bytes in a thread's magazines <= limit
 */
public final class CachingAllocator implements OffHeapAllocator {

    /** Most bytes in the magazines of one thread, unless it is said otherwise. */
    public static final long DEFAULT_CACHE_BYTES = 256 << 10;

    private static final byte CACHED = (byte) 0x80;

    /** A mark for each 16 bytes of a block of some hundred. */
    private static final double MARK_BYTES_PER_BLOCK = 8;

    private final OffHeapAllocator behind;
    private final SizeClasses classes = SizeClasses.geometric();
    private final int largest;
    private final BlockMarks marks = new BlockMarks();
    private final MagazineTable threads;
    private final SpinLock lock = new SpinLock();
    private final AtomicLong refusedFreeCount = new AtomicLong();
    private final AllocatorTraits traits;

    /** Blocks allocated behind only to fill magazines; guarded by the lock. */
    private long movedCount;

    /** Blocks of magazines freed behind; guarded by the lock. */
    private long returnedCount;

    /**
     * @param behind may be confined; must be called by nobody else
     * @param cacheBytes most bytes kept for one thread
     */
    public CachingAllocator(OffHeapAllocator behind, long cacheBytes) {
        this.behind = behind;
        AllocatorTraits t = behind.traits();
        largest = (int) Math.min(classes.largestByteSize(), t.maxByteSize());
        threads = new MagazineTable(classes, Sizes.requireRange("cacheBytes", cacheBytes, 0, 1L << 40));
        traits = t.shared(ThreadModel.THREAD_CACHED, MARK_BYTES_PER_BLOCK);
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
        if (byteAlignment > MIN_ALIGNMENT || Long.compareUnsigned(byteSize, largest) > 0) {
            return allocateBehind(byteSize, byteAlignment, zeroed);
        }
        int sizeClass = classes.classOf(byteSize);
        Magazines mine = threads.ofCaller();
        long address = mine == null ? NULL : mine.pop(sizeClass);
        if (address == NULL) {
            return allocateSlow(mine, sizeClass, byteSize, zeroed);
        }
        marks.set(address, live(sizeClass));
        if (zeroed) {
            OffHeapMemory.zeroGranules(address, Math.max(16, Sizes.alignUp(byteSize, 16)));
        }
        return address;
    }

    private static byte live(int sizeClass) {
        return (byte) (sizeClass + 1);
    }

    private static byte cached(byte mark) {
        return (byte) (mark | CACHED);
    }

    private long allocateBehind(long byteSize, long byteAlignment, boolean zeroed) {
        lock.lock();
        try {
            long address = tryBehind(byteSize, byteAlignment, zeroed);
            if (address == NULL && emptyMagazines()) {
                address = tryBehind(byteSize, byteAlignment, zeroed);
            }
            return address;
        } finally {
            lock.unlock();
        }
    }

    private long tryBehind(long byteSize, long byteAlignment, boolean zeroed) {
        return zeroed ? behind.allocateZeroed(byteSize, byteAlignment) : behind.allocate(byteSize, byteAlignment);
    }

    @SlowPath
    private long allocateSlow(@Nullable Magazines known, int sizeClass, long byteSize, boolean zeroed) {
        Thread thread = known == null ? OwnerThread.current() : null;
        if (known == null && thread == null) {
            return allocateBehind(byteSize, MIN_ALIGNMENT, zeroed);
        }
        int blockBytes = (int) Math.min(classes.byteSize(sizeClass), traits.maxByteSize());
        long address = allocateBehind(blockBytes, MIN_ALIGNMENT, zeroed);
        // Without a mark it is known behind alone.
        if (address == NULL || !marks.trySet(address, live(sizeClass))) {
            return address;
        }
        lock.lock();
        try {
            fill(thread == null ? known : threads.tryRegister(thread), sizeClass, blockBytes);
        } finally {
            lock.unlock();
        }
        return address;
    }

    private void fill(@Nullable Magazines mine, int sizeClass, int blockBytes) {
        for (int i = mine == null ? 0 : mine.batch(sizeClass); i > 0 && mine != null; i--) {
            long address = behind.allocate(blockBytes, MIN_ALIGNMENT);
            if (address == NULL) {
                return;
            }
            movedCount++;
            if (!marks.trySet(address, cached(live(sizeClass))) || !mine.put(sizeClass, address)) {
                giveBack(address);
                return;
            }
        }
    }

    /** Gives back a block that a magazine held; under the lock. */
    private void giveBack(long address) {
        release(address);
        returnedCount++;
    }

    /** Frees behind a block that is marked as cached and in no magazine; under the lock. */
    private void release(long address) {
        byte mark = marks.of(address);
        behind.free(address);
        marks.change(address, mark, (byte) 0);
    }

    @Override
    public FreeOutcome free(long address) {
        byte mark = marks.of(address);
        if (mark == 0) {
            return freeBehind(address);
        }
        if (mark < 0 || !marks.change(address, mark, cached(mark))) {
            refusedFreeCount.incrementAndGet();
            return FreeOutcome.ALREADY_FREE;
        }
        Magazines mine = threads.ofCaller();
        if (mine == null || !mine.push(mark - 1, address)) {
            freeSlow(mine, mark - 1, address);
        }
        return FreeOutcome.FREED;
    }

    private FreeOutcome freeBehind(long address) {
        lock.lock();
        try {
            return behind.free(address);
        } finally {
            lock.unlock();
        }
    }

    /** Where the magazine is full or missing: makes room for a batch of frees to come. */
    @SlowPath
    private void freeSlow(@Nullable Magazines known, int sizeClass, long address) {
        Thread thread = known == null ? OwnerThread.current() : null;
        lock.lock();
        try {
            Magazines mine = thread == null ? known : threads.tryRegister(thread);
            if (mine == null) {
                release(address);
                return;
            }
            if (known != null) {
                giveBatchBack(mine, sizeClass);
            }
            if (!mine.push(sizeClass, address)) {
                release(address);
            }
        } finally {
            lock.unlock();
        }
    }

    private void giveBatchBack(Magazines mine, int sizeClass) {
        for (int i = mine.batch(sizeClass); i > 0; i--) {
            long address = mine.take(sizeClass);
            if (address == NULL) {
                return;
            }
            giveBack(address);
        }
    }

    /** Empties the magazines of the caller and of dead threads, under the lock; false where nothing was in them. */
    private boolean emptyMagazines() {
        Magazines mine = threads.ofCaller();
        boolean isAny = false;
        for (int i = 0; i < threads.count(); i++) {
            Magazines magazines = threads.get(i);
            if (magazines == mine || magazines.isAbandoned()) {
                isAny |= empty(magazines);
            }
        }
        return isAny;
    }

    private boolean empty(Magazines magazines) {
        boolean isAny = false;
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            for (long address = magazines.take(sizeClass); address != NULL; address = magazines.take(sizeClass)) {
                giveBack(address);
                isAny = true;
            }
        }
        return isAny;
    }

    @Override
    public long reallocate(long address, long byteSize) {
        byte mark = marks.of(address);
        if (mark < 0) {
            return NULL;
        }
        lock.lock();
        try {
            long moved = behind.reallocate(address, byteSize);
            // The block is no longer of its class: from now on it is known behind alone.
            if (moved != NULL && mark != 0) {
                marks.change(address, mark, (byte) 0);
            }
            return moved;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean owns(long address) {
        return behind.owns(address);
    }

    @Override
    public long usableSize(long address) {
        if (marks.of(address) < 0) {
            return -1;
        }
        lock.lock();
        try {
            return behind.usableSize(address);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    @Override
    public AllocatorStats stats() {
        lock.lock();
        try {
            AllocatorStats s = behind.stats();
            long cachedBytes = 0;
            long allocateCount = s.allocateCount() - movedCount;
            long freeCount = s.freeCount() - returnedCount;
            for (int i = 0; i < threads.count(); i++) {
                Magazines magazines = threads.get(i);
                allocateCount += magazines.allocateCount();
                freeCount += magazines.freeCount();
                cachedBytes += usableBytes(magazines);
            }
            return new AllocatorStats(
                    allocateCount,
                    freeCount,
                    s.refusedFreeCount() + refusedFreeCount.get(),
                    s.usedBytes() - cachedBytes,
                    s.freeBytes() + cachedBytes,
                    s.metadataBytes() + classes.heldBytes() + marks.heldBytes() + threads.heldBytes(),
                    s.committedBytes(),
                    s.peakCommittedBytes(),
                    s.reservedBytes());
        } finally {
            lock.unlock();
        }
    }

    private long usableBytes(Magazines magazines) {
        long bytes = 0;
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            for (int at = 0; at < magazines.count(sizeClass); at++) {
                bytes += Math.max(0, behind.usableSize(magazines.address(sizeClass, at)));
            }
        }
        return bytes;
    }

    @Override
    public long purge() {
        lock.lock();
        try {
            emptyMagazines();
            return behind.purge();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void validate() {
        lock.lock();
        try {
            behind.validate();
            // What statistics take for blocks in magazines: they know the live ones by what lives behind alone.
            long cachedCount = movedCount - returnedCount;
            for (int i = 0; i < threads.count(); i++) {
                Magazines magazines = threads.get(i);
                cachedCount += magazines.freeCount() - magazines.allocateCount() - validated(magazines);
            }
            check(cachedCount == 0, "live behind == live blocks + blocks in magazines");
        } finally {
            lock.unlock();
        }
    }

    /** Answers how many blocks are in them. */
    private int validated(Magazines magazines) {
        int count = 0;
        long bytes = 0;
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            for (int at = 0; at < magazines.count(sizeClass); at++) {
                long address = magazines.address(sizeClass, at);
                check(marks.of(address) == cached(live(sizeClass)), "blocks in magazines are marked so");
                check(behind.usableSize(address) >= 0, "blocks in magazines are live behind");
                bytes += classes.byteSize(sizeClass);
                count++;
            }
        }
        check(bytes == magazines.heldBytes(), "bytes in magazines == bytes counted");
        return count;
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("caching: broken: " + equation);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            behind.close();
        } finally {
            lock.unlock();
        }
    }
}
