// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.debug;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.concurrent.SpinLock;
import dev.metalloc.allocators.layout.AddressTable;
import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.source.OffHeapMemory;

/**
 * Finds writes past the end of blocks and writes to freed blocks of another allocator.
 *
 * <p>Any thread, one lock, however the inner allocator does. Behind each block lies a canary, checked when the block is
 * freed and by {@link #validate()}. A freed block is filled with poison and kept in quarantine for a while; the poison is
 * checked when it leaves. {@link #usableSize} is what was requested, so that nobody uses the canary. Quarantine is bounded in
 * blocks and bytes, and ends early where the inner allocator has no more memory.
 */
/* Implementation notes
 *
 * Invariants: live and quarantined addresses are disjoint;  |quarantined| == blocks in the ring;
 *             the bytes of the quarantined blocks == quarantinedBytes;  blocks live inside == |live| + |quarantined|
 *
 * A handler may throw: it is called only where the invariants hold.
 */
public final class CheckingAllocator implements OffHeapAllocator {

    public static final int DEFAULT_QUARANTINE_BLOCKS = 256;
    public static final long DEFAULT_QUARANTINE_BYTES = 4L << 20;

    private static final int CANARY_BYTES = 16;
    private static final byte CANARY = (byte) 0xCA;
    private static final byte POISON = (byte) 0xDD;

    private final OffHeapAllocator inner;
    private final CorruptionHandler handler;
    private final AllocatorTraits traits;
    private final SpinLock lock = new SpinLock();

    // All below guarded by the lock.
    private final AddressTable live = new AddressTable();
    private final AddressTable quarantined = new AddressTable();
    /** Room for one block more than may stay: the newest enters before the oldest leaves. */
    private final long[] ring;

    private final long quarantineLimitBytes;
    private long quarantinedBytes;
    private long ringTail;
    private long ringHead;
    private long allocateCount;
    private long freeCount;
    private long refusedFreeCount;

    public CheckingAllocator(OffHeapAllocator inner) {
        this(inner, DEFAULT_QUARANTINE_BLOCKS, DEFAULT_QUARANTINE_BYTES, CorruptionHandler.THROWING);
    }

    /**
     * Checks the blocks of an inner allocator, which it closes.
     *
     * @param quarantineBlocks most freed blocks kept back from use, at least 1
     * @param quarantineBytes most bytes of them; larger blocks are not kept back
     */
    public CheckingAllocator(
            OffHeapAllocator inner, int quarantineBlocks, long quarantineBytes, CorruptionHandler handler) {
        this.inner = inner;
        this.handler = handler;
        this.ring = new long[Math.max(1, quarantineBlocks) + 1];
        this.quarantineLimitBytes = quarantineBytes;
        AllocatorTraits t = inner.traits();
        this.traits = new AllocatorTraits(
                t.name(),
                t.minByteSize(),
                Math.max(t.minByteSize(), t.maxByteSize() - CANARY_BYTES),
                t.maxByteAlignment(),
                t.suits(),
                t.mustNotGet(),
                t.setUpNanos(),
                // The canary, and two longs in a table half full.
                t.overheadBytesPerBlock() + CANARY_BYTES + 32,
                t.freesSingleBlocks(),
                t.returnsMemory(),
                ThreadModel.LOCKED);
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
        if (byteSize < 0 || byteSize > traits.maxByteSize()) {
            return NULL;
        }
        long innerSize = Math.max(1, byteSize) + CANARY_BYTES;
        lock.lock();
        try {
            // Before there is a block to lose.
            live.makeRoom();
            long address = allocateInside(innerSize, byteAlignment, zeroed);
            if (address == NULL && ringHead != ringTail) {
                endQuarantine();
                address = allocateInside(innerSize, byteAlignment, zeroed);
            }
            if (address != NULL) {
                note(address, Math.max(1, byteSize));
            }
            return address;
        } finally {
            lock.unlock();
        }
    }

    private long allocateInside(long byteSize, long byteAlignment, boolean zeroed) {
        return zeroed ? inner.allocateZeroed(byteSize, byteAlignment) : inner.allocate(byteSize, byteAlignment);
    }

    private void note(long address, long byteSize) {
        // One by one, which needs nothing of the Java heap.
        for (long offset = byteSize; offset < byteSize + CANARY_BYTES; offset++) {
            OffHeapMemory.writeByte(address + offset, CANARY);
        }
        live.put(address, byteSize);
        allocateCount++;
    }

    @Override
    public FreeOutcome free(long address) {
        lock.lock();
        try {
            long byteSize = live.value(address);
            if (byteSize == AddressTable.ABSENT) {
                refusedFreeCount++;
                return refusal(address);
            }
            boolean isIntact = hasCanary(address, byteSize);
            quarantine(address, byteSize);
            live.remove(address);
            freeCount++;
            try {
                if (!isIntact) {
                    report("written past the end", byteSize, address);
                }
            } finally {
                // The ring has room for one block too many, not for two.
                keepLimits();
            }
            return FreeOutcome.FREED;
        } finally {
            lock.unlock();
        }
    }

    /** Asks the inner allocator, which refuses too: the address is none of its live blocks, or one in quarantine. */
    private FreeOutcome refusal(long address) {
        if (quarantined.value(address) != AddressTable.ABSENT) {
            return FreeOutcome.ALREADY_FREE;
        }
        return inner.owns(address) || inner.traits().name().equals("system")
                ? FreeOutcome.NOT_A_BLOCK
                : FreeOutcome.FOREIGN;
    }

    private void quarantine(long address, long byteSize) {
        if (byteSize > quarantineLimitBytes) {
            inner.free(address);
            return;
        }
        quarantined.makeRoom();
        OffHeapMemory.fill(address, byteSize + CANARY_BYTES, POISON);
        quarantined.put(address, byteSize);
        quarantinedBytes += byteSize;
        ring[(int) (ringTail++ % ring.length)] = address;
    }

    private void keepLimits() {
        while (ringTail - ringHead >= ring.length || quarantinedBytes > quarantineLimitBytes) {
            releaseOldest();
        }
    }

    private void endQuarantine() {
        while (ringHead != ringTail) {
            releaseOldest();
        }
    }

    private void releaseOldest() {
        long address = ring[(int) (ringHead++ % ring.length)];
        long byteSize = quarantined.value(address);
        boolean isIntact = isFilled(address, byteSize + CANARY_BYTES, POISON);
        quarantined.remove(address);
        quarantinedBytes -= byteSize;
        inner.free(address);
        if (!isIntact) {
            report("written after it was freed", byteSize, address);
        }
    }

    private void report(String what, long byteSize, long address) {
        handler.corrupted("block of " + byteSize + " bytes: " + what, address);
    }

    private static boolean hasCanary(long address, long byteSize) {
        return isFilled(address + byteSize, CANARY_BYTES, CANARY);
    }

    private static boolean isFilled(long address, long byteSize, byte value) {
        for (long offset = 0; offset < byteSize; offset++) {
            if (OffHeapMemory.readByte(address + offset) != value) {
                return false;
            }
        }
        return true;
    }

    /** Always moves the block, so that a use of the old address is found. Where the handler throws both blocks are freed. */
    @Override
    public long reallocate(long address, long byteSize) {
        long usable = usableSize(address);
        long moved = usable < 0 ? NULL : allocate(byteSize, MIN_ALIGNMENT);
        if (moved != NULL) {
            OffHeapMemory.copy(address, moved, Math.min(usable, byteSize));
            freeMoved(address, moved);
        }
        return moved;
    }

    /** Frees a block that was moved; where the handler throws nobody is told where to, so that block is freed, too. */
    private void freeMoved(long address, long moved) {
        boolean isKnown = false;
        try {
            free(address);
            isKnown = true;
        } finally {
            if (!isKnown) {
                free(moved);
            }
        }
    }

    @Override
    public boolean owns(long address) {
        return inner.owns(address);
    }

    @Override
    public long usableSize(long address) {
        lock.lock();
        try {
            return live.value(address);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    /** Counts are of the program's blocks; bytes are the inner allocator's, quarantine and canaries included. */
    @Override
    public AllocatorStats stats() {
        lock.lock();
        try {
            AllocatorStats s = inner.stats();
            return new AllocatorStats(
                    allocateCount,
                    freeCount,
                    refusedFreeCount,
                    s.usedBytes(),
                    s.freeBytes(),
                    s.metadataBytes() + live.heldBytes() + quarantined.heldBytes() + ArrayBytes.of(ring),
                    s.committedBytes(),
                    s.peakCommittedBytes(),
                    s.reservedBytes());
        } finally {
            lock.unlock();
        }
    }

    /** Ends the quarantine of all blocks first. */
    @Override
    public long purge() {
        lock.lock();
        try {
            endQuarantine();
            return inner.purge();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void validate() {
        lock.lock();
        try {
            inner.validate();
            check(quarantined.count() == ringTail - ringHead, "quarantined blocks == blocks in the ring");
            check(quarantinedBytes() == quarantinedBytes, "bytes of quarantined blocks == counted");
            check(inner.stats().liveCount() == live.count() + quarantined.count(), "inner live == live + quarantined");
            for (int slot = 0; slot < live.slots(); slot++) {
                long address = live.addressAt(slot);
                if (address != NULL && !hasCanary(address, live.valueAt(slot))) {
                    throw new IllegalStateException(
                            "block of " + live.valueAt(slot) + " bytes: written past the end (found while live)");
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private long quarantinedBytes() {
        long bytes = 0;
        for (int slot = 0; slot < quarantined.slots(); slot++) {
            bytes += quarantined.addressAt(slot) == NULL ? 0 : quarantined.valueAt(slot);
        }
        return bytes;
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("checking: broken: " + equation);
        }
    }

    @Override
    public void close() {
        inner.close();
    }
}
