// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.composite;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import java.util.EnumSet;

/**
 * Serves nothing and owns nothing: the part of a composite for a band of sizes that its caller keeps for himself. No other part is
 * asked for them.
 *
 * <p>Any thread. Not the last part: that one's traits are the composite's.
 */
public final class RefusingAllocator implements OffHeapAllocator {

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        return NULL;
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        return NULL;
    }

    @Override
    public FreeOutcome free(long address) {
        return FreeOutcome.FOREIGN;
    }

    @Override
    public long reallocate(long address, long byteSize) {
        return NULL;
    }

    @Override
    public boolean owns(long address) {
        return false;
    }

    @Override
    public long usableSize(long address) {
        return -1;
    }

    /** Such as change nothing where a composite's are derived from its parts'. */
    @Override
    public AllocatorTraits traits() {
        return new AllocatorTraits(
                "leave",
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                MIN_ALIGNMENT,
                EnumSet.noneOf(Flag.class),
                EnumSet.allOf(Flag.class),
                0,
                0,
                true,
                false,
                ThreadModel.THREAD_CACHED);
    }

    @Override
    public AllocatorStats stats() {
        return new AllocatorStats(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public long purge() {
        return 0;
    }

    @Override
    public void validate() {}

    @Override
    public void close() {}
}
