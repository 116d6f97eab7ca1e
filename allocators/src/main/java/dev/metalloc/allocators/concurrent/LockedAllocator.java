// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;

/**
 * Puts one lock around a confined allocator.
 *
 * <p>Any thread. {@link #owns} and {@link #traits} take no lock: neither changes in an allocator's life.
 */
public final class LockedAllocator implements OffHeapAllocator {

    private final OffHeapAllocator confined;
    private final AllocatorTraits traits;
    private final SpinLock lock = new SpinLock();

    public LockedAllocator(OffHeapAllocator confined) {
        this.confined = confined;
        this.traits = confined.traits().shared(ThreadModel.LOCKED, 0);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        lock.lock();
        try {
            return confined.allocate(byteSize, byteAlignment);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        lock.lock();
        try {
            return confined.allocateZeroed(byteSize, byteAlignment);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public FreeOutcome free(long address) {
        lock.lock();
        try {
            return confined.free(address);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long reallocate(long address, long byteSize) {
        lock.lock();
        try {
            return confined.reallocate(address, byteSize);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean owns(long address) {
        return confined.owns(address);
    }

    @Override
    public long usableSize(long address) {
        lock.lock();
        try {
            return confined.usableSize(address);
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
            return confined.stats();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long purge() {
        lock.lock();
        try {
            return confined.purge();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void validate() {
        lock.lock();
        try {
            confined.validate();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            confined.close();
        } finally {
            lock.unlock();
        }
    }
}
