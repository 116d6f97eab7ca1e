// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SlowPath;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Takes address space from the operating system and puts memory behind it up to a limit.
 *
 * <p>Any thread; no locks. Lifetime: until {@link #close()}, which unmaps every reservation still held.
 */
public final class MmapChunkSource implements ChunkSource {

    private final long limitBytes;
    private final long pageByteSize = VirtualMemory.pageByteSize();
    private final AtomicLong committedBytes = new AtomicLong();
    private final AtomicLong peakCommittedBytes = new AtomicLong();
    private final AtomicLong reservedBytes = new AtomicLong();
    private final AtomicReference<@Nullable Reservation> reservations = new AtomicReference<>();

    /**
     * Creates it empty.
     *
     * @param limitBytes most bytes committed at one time; commits beyond it are refused
     */
    public MmapChunkSource(long limitBytes) {
        if (limitBytes < 0) {
            throw new IllegalArgumentException("limitBytes: " + limitBytes + " (expected: at least 0)");
        }
        this.limitBytes = limitBytes;
    }

    @Override
    public long pageByteSize() {
        return pageByteSize;
    }

    @Override
    public long reserve(long byteSize, long byteAlignment) {
        long alignment = Math.max(byteAlignment, pageByteSize);
        if (byteSize <= 0 || byteSize > Long.MAX_VALUE / 2 || alignment > Long.MAX_VALUE / 4) {
            return 0;
        }
        checkPages(byteSize);
        long slack = alignment - pageByteSize;
        long mapped = VirtualMemory.reserve(byteSize + slack);
        if (mapped == 0) {
            return 0;
        }
        long address = trim(mapped, byteSize, slack, alignment);
        try {
            addReservation(address, byteSize);
        } catch (OutOfMemoryError e) {
            VirtualMemory.unmap(address, byteSize);
            throw e;
        }
        reservedBytes.addAndGet(byteSize);
        return address;
    }

    /** Gives back what the mapping has too much before and behind the aligned part. */
    private static long trim(long mapped, long byteSize, long slack, long alignment) {
        long address = Sizes.alignUp(mapped, alignment);
        long before = address - mapped;
        if (before > 0) {
            VirtualMemory.unmap(mapped, before);
        }
        if (slack > before) {
            VirtualMemory.unmap(address + byteSize, slack - before);
        }
        return address;
    }

    private void addReservation(long address, long byteSize) {
        Reservation head;
        do {
            head = reservations.get();
        } while (!reservations.compareAndSet(head, new Reservation(address, byteSize, new AtomicLong(), head)));
    }

    @Override
    public void adviseHugePages(long address, long byteSize) {
        reservationOf(address, byteSize);
        VirtualMemory.adviseHugePages(address, byteSize);
    }

    @SlowPath
    @Override
    public boolean commit(long address, long byteSize) {
        Reservation reservation = reservationOf(address, byteSize);
        if (!count(byteSize)) {
            return false;
        }
        if (!VirtualMemory.makeAccessible(address, byteSize)) {
            committedBytes.addAndGet(-byteSize);
            return false;
        }
        reservation.committedBytes.addAndGet(byteSize);
        return true;
    }

    private boolean count(long byteSize) {
        long committed;
        do {
            committed = committedBytes.get();
            if (byteSize > limitBytes - committed) {
                return false;
            }
        } while (!committedBytes.compareAndSet(committed, committed + byteSize));
        raisePeak(committed + byteSize);
        return true;
    }

    private void raisePeak(long committed) {
        long peak = peakCommittedBytes.get();
        while (committed > peak && !peakCommittedBytes.compareAndSet(peak, committed)) {
            peak = peakCommittedBytes.get();
        }
    }

    private void uncount(Reservation reservation, long byteSize) {
        reservation.committedBytes.addAndGet(-byteSize);
        committedBytes.addAndGet(-byteSize);
    }

    @SlowPath
    @Override
    public void purge(long address, long byteSize) {
        Reservation reservation = reservationOf(address, byteSize);
        if (!VirtualMemory.discard(address, byteSize)) {
            OffHeapMemory.zero(address, byteSize);
        }
        uncount(reservation, byteSize);
    }

    @SlowPath
    @Override
    public void decommit(long address, long byteSize) {
        purge(address, byteSize);
        // Where the system refuses to split the mapping the part stays accessible: nothing is lost but a guard.
        VirtualMemory.makeInaccessible(address, byteSize);
    }

    @Override
    public void release(long address, long byteSize) {
        Reservation reservation = reservationOf(address, byteSize);
        if (reservation.address != address || reservation.byteSize != byteSize) {
            throw new IllegalArgumentException("address: " + address + " (expected: a whole reservation)");
        }
        removeReservation(reservation);
        unmap(reservation);
    }

    private void unmap(Reservation reservation) {
        VirtualMemory.unmap(reservation.address, reservation.byteSize);
        committedBytes.addAndGet(-reservation.committedBytes.get());
        reservedBytes.addAndGet(-reservation.byteSize);
    }

    private Reservation reservationOf(long address, long byteSize) {
        checkPages(address | byteSize);
        for (Reservation r = reservations.get(); r != null; r = r.next) {
            long offset = address - r.address;
            if (offset >= 0 && offset < r.byteSize && byteSize > 0 && byteSize <= r.byteSize - offset) {
                return r;
            }
        }
        throw new IllegalArgumentException("address: " + address + " (expected: inside one reservation)");
    }

    private void checkPages(long value) {
        if ((value & (pageByteSize - 1)) != 0) {
            throw new IllegalArgumentException("range: not whole pages (expected: multiples of " + pageByteSize + ")");
        }
    }

    private void removeReservation(Reservation removed) {
        Reservation head;
        do {
            head = reservations.get();
        } while (!reservations.compareAndSet(head, without(head, removed)));
    }

    private static @Nullable Reservation without(@Nullable Reservation list, Reservation removed) {
        if (list == null) {
            return null;
        }
        if (list.address == removed.address) {
            return list.next;
        }
        return new Reservation(list.address, list.byteSize, list.committedBytes, without(list.next, removed));
    }

    @Override
    public long committedBytes() {
        return committedBytes.get();
    }

    @Override
    public long peakCommittedBytes() {
        return peakCommittedBytes.get();
    }

    @Override
    public long reservedBytes() {
        return reservedBytes.get();
    }

    @Override
    public void close() {
        for (Reservation r = reservations.getAndSet(null); r != null; r = r.next) {
            unmap(r);
        }
    }

    /** An entry of the immutable list of reservations; the counter is shared by copies of the entry. */
    private static final class Reservation {
        final long address;
        final long byteSize;
        final AtomicLong committedBytes;
        final @Nullable Reservation next;

        Reservation(long address, long byteSize, AtomicLong committedBytes, @Nullable Reservation next) {
            this.address = address;
            this.byteSize = byteSize;
            this.committedBytes = committedBytes;
            this.next = next;
        }
    }
}
