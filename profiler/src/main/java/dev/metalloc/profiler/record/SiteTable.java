// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The call sites seen, numbered from 1; any thread.
 *
 * <p>Finding a known site takes no lock. Sites are never taken out; when the table is full, further ones are counted as
 * dropped.
 */
final class SiteTable {
    /** A site's number has 16 bits in {@link BlockMeta}. */
    static final int MAX_SITES = 0xFFFF;
    /** No site: not sampled, dropped, or no frame outside the machinery. */
    static final int NONE = 0;

    private final RecorderSpinLock adding = new RecorderSpinLock();
    private final AtomicReferenceArray<@Nullable SiteRecord> sites;
    /** Numbers by hash, open addressing, at most half full, 0 where free. A number is released after its site. */
    private final AtomicIntegerArray numbers;

    private final AtomicLong droppedCount = new AtomicLong();
    private volatile int count;

    SiteTable(int maxSites) {
        sites = new AtomicReferenceArray<>(maxSites + 1);
        numbers = new AtomicIntegerArray(Integer.highestOneBit(maxSites) * 4);
    }

    int intern(int entryPoint, FrameBuffer frames) {
        if (frames.size() == 0) {
            return NONE;
        }
        long hash = frames.hash();
        int known = find(hash, entryPoint);
        if (known != NONE) {
            return known;
        }
        if (count == sites.length() - 1) {
            droppedCount.getAndIncrement();
            return NONE;
        }
        return add(hash, entryPoint, frames);
    }

    @Nullable
    SiteRecord site(int number) {
        return number == NONE ? null : sites.getAcquire(number);
    }

    int count() {
        return count;
    }

    /** Under registry.reading. */
    void raisePeaks() {
        for (int number = 1; number <= count; number++) {
            SiteRecord site = sites.getAcquire(number);
            if (site != null) {
                site.raisePeak();
            }
        }
    }

    long droppedCount() {
        return droppedCount.get();
    }

    long heldBytes() {
        long bytes = sites.length() * 4L + numbers.length() * 4L;
        for (int number = 1; number <= count; number++) {
            SiteRecord site = sites.get(number);
            bytes += site == null ? 0 : site.heldBytes();
        }
        return bytes;
    }

    private int find(long hash, int entryPoint) {
        int slot = home(hash, entryPoint);
        while (true) {
            int number = numbers.getAcquire(slot);
            SiteRecord site = site(number);
            if (site == null || (site.hash == hash && site.entryPoint == entryPoint)) {
                return number;
            }
            slot = (slot + 1) & (numbers.length() - 1);
        }
    }

    @ReservedStack
    private int add(long hash, int entryPoint, FrameBuffer frames) {
        adding.acquire();
        try {
            int known = find(hash, entryPoint);
            if (known != NONE) {
                return known;
            }
            if (count == sites.length() - 1) {
                droppedCount.getAndIncrement();
                return NONE;
            }
            int number = count + 1;
            sites.setRelease(number, new SiteRecord(hash, entryPoint, frames));
            numbers.setRelease(freeSlot(hash, entryPoint), number);
            count = number;
            return number;
        } finally {
            adding.release();
        }
    }

    private int freeSlot(long hash, int entryPoint) {
        int slot = home(hash, entryPoint);
        while (numbers.get(slot) != NONE) {
            slot = (slot + 1) & (numbers.length() - 1);
        }
        return slot;
    }

    private int home(long hash, int entryPoint) {
        return (int) (hash ^ (hash >>> 32) ^ entryPoint) & (numbers.length() - 1);
    }
}
