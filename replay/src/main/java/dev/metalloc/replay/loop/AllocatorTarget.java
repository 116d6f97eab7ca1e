// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import dev.metalloc.allocators.AllocatorCatalog;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.replay.timing.Subject;
import org.jspecify.annotations.Nullable;

/** Replays on one of Metalloc's allocators; closing it closes the allocator. */
public final class AllocatorTarget implements ReplayTarget {

    private static final long LIMIT_BYTES = 64L << 30;

    private final OffHeapAllocator allocator;
    private final @Nullable ChunkSource own;

    /** The source of the allocator's memory stays the caller's. */
    public AllocatorTarget(OffHeapAllocator allocator) {
        this(allocator, null);
    }

    private AllocatorTarget(OffHeapAllocator allocator, @Nullable ChunkSource own) {
        this.allocator = allocator;
        this.own = own;
    }

    /** Makes a subject's allocator with memory of its own. */
    static AllocatorTarget open(Subject subject) {
        AllocatorSpec spec = new AllocatorSpec(subject.allocator(), subject.parameters());
        ChunkSource source = new MmapChunkSource(LIMIT_BYTES);
        return new AllocatorTarget(
                AllocatorCatalog.load(AllocatorTarget.class.getClassLoader()).create(spec, source), source);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        return zeroed ? allocator.allocateZeroed(byteSize, byteAlignment) : allocator.allocate(byteSize, byteAlignment);
    }

    @Override
    public void free(long address) {
        FreeOutcome outcome = allocator.free(address);
        if (outcome != FreeOutcome.FREED) {
            throw new IllegalStateException("free of a live block was answered " + outcome + " (report this)");
        }
    }

    @Override
    public long reallocate(long address, long byteSize) {
        return allocator.reallocate(address, byteSize);
    }

    @Override
    public long usableSize(long address) {
        return allocator.usableSize(address);
    }

    @Override
    public void close() {
        allocator.close();
        if (own != null) {
            own.close();
        }
    }
}
