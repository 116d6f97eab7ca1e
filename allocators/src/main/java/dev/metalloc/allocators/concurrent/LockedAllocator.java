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
    private final BiasedLock lock = new BiasedLock();

    public LockedAllocator(OffHeapAllocator confined) {
        this.confined = confined;
        this.traits = confined.traits().shared(ThreadModel.LOCKED, 0);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        Door door = lock.lock();
        try {
            return confined.allocate(byteSize, byteAlignment);
        } finally {
            door.open();
        }
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        Door door = lock.lock();
        try {
            return confined.allocateZeroed(byteSize, byteAlignment);
        } finally {
            door.open();
        }
    }

    @Override
    public FreeOutcome free(long address) {
        Door door = lock.lock();
        try {
            return confined.free(address);
        } finally {
            door.open();
        }
    }

    @Override
    public long reallocate(long address, long byteSize) {
        Door door = lock.lock();
        try {
            return confined.reallocate(address, byteSize);
        } finally {
            door.open();
        }
    }

    @Override
    public boolean owns(long address) {
        return confined.owns(address);
    }

    @Override
    public long usableSize(long address) {
        Door door = lock.lock();
        try {
            return confined.usableSize(address);
        } finally {
            door.open();
        }
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    @Override
    public AllocatorStats stats() {
        Door door = lock.lock();
        try {
            return confined.stats();
        } finally {
            door.open();
        }
    }

    @Override
    public long purge() {
        Door door = lock.lock();
        try {
            return confined.purge();
        } finally {
            door.open();
        }
    }

    @Override
    public void validate() {
        Door door = lock.lock();
        try {
            confined.validate();
        } finally {
            door.open();
        }
    }

    @Override
    public void close() {
        Door door = lock.lock();
        try {
            confined.close();
        } finally {
            door.open();
        }
    }
}
