// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.BufferOwners;
import dev.metalloc.agent.runtime.DirectLedgers;
import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.FrameStack;
import dev.metalloc.agent.runtime.FrameStacks;
import dev.metalloc.agent.runtime.RetiredArenas;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import dev.metalloc.allocators.source.ResidentPages;
import dev.metalloc.profiler.api.EntryPoint;
import java.lang.foreign.Arena;
import java.nio.MetallocBits;
import java.nio.MetallocBufferCleaner;
import java.util.concurrent.atomic.AtomicLong;
import jdk.internal.access.JavaLangRefAccess;
import jdk.internal.misc.Unsafe;
import jdk.internal.ref.Cleaner;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;
import jdk.internal.vm.annotation.Stable;

/**
 * What run mode puts where the JDK asked for memory: the plan's allocator, and the JDK's own call for all it does not serve.
 *
 * <p>Any thread. A block is freed by whoever allocated it: addresses in our range by us, all others by the JDK. What may throw as the
 * JDK does stands in no stack trace.
 */
public final class MetallocRunHooks {

    private static final Unsafe JDK = Unsafe.getUnsafe();
    private static final long SET_MEMORY_PIECE = 1L << 20;

    // What frees blocks in a few instructions, known once one of ours was freed; constants to the JIT from then on.
    @Stable
    private static ServedEntry quickUnsafe;

    @Stable
    private static ServedEntry quickDirectBuffer;

    private MetallocRunHooks() {}

    /** What serves, as constants; not to be touched before {@link RunState} says that hooks serve. */
    private static final class Served {
        static final ServedEntry UNSAFE = RunState.unsafe;
        static final ServedEntry DIRECT_BUFFER = RunState.directBuffer;
        static final ServedEntry SHARED_ARENA = RunState.sharedArena;
        static final ServedEntry CONFINED_ARENA = RunState.confinedArena;
        static final ServedEntry AUTOMATIC_ARENA = RunState.automaticArena;
        static final FrameStacks FRAMES = RunState.frames;
        static final RetiredArenas RETIRED = RunState.retiredArenas;
        static final DirectLedgers LEDGERS = RunState.directLedgers;
        static final boolean HAS_SITES = RunState.sites != null;
        static final ServedEntry SITE_0 = siteEntry(0);
        static final ServedEntry SITE_1 = siteEntry(1);
        static final ServedEntry SITE_2 = siteEntry(2);
        static final ServedEntry SITE_3 = siteEntry(3);

        private static ServedEntry siteEntry(int number) {
            return RunState.sites == null ? null : RunState.sites.entry(number);
        }
    }

    /** One test of the size for those most often asked for: a site's number makes a size that no rule covers. */
    @ForceInline
    @Hidden
    public static long unsafeAllocate(Unsafe unsafe, long byteSize) {
        long address = RunState.isServingUnsafe() ? allocateFirst(Served.UNSAFE, byteSize) : 0;
        return address != 0 ? address : unsafeAllocateElsewhere(unsafe, byteSize);
    }

    @ForceInline
    @Hidden
    private static long unsafeAllocateElsewhere(Unsafe unsafe, long byteSize) {
        if (byteSize < 0 && MetallocSiteHooks.isNumbered(byteSize)) {
            return MetallocSiteHooks.allocateNumbered(unsafe, byteSize);
        }
        return unsafeAllocateAnywhere(unsafe, byteSize);
    }

    /** By the rules for all sites. */
    @ForceInline
    @Hidden
    static long unsafeAllocateAnywhere(Unsafe unsafe, long byteSize) {
        long address = RunState.isServingUnsafe() ? allocate(Served.UNSAFE, byteSize) : 0;
        return address != 0 ? address : unsafe.allocateMemory(byteSize);
    }

    @ForceInline
    @Hidden
    public static void unsafeFree(Unsafe unsafe, long address) {
        ServedEntry likely = quickUnsafe;
        if (likely == null || !freeFast(likely, address)) {
            unsafeFreeElsewhere(unsafe, address);
        }
    }

    @Hidden
    private static void unsafeFreeElsewhere(Unsafe unsafe, long address) {
        if (isOurs(address)) {
            if (quickUnsafe == null) {
                quickUnsafe = Served.UNSAFE;
            }
            freeOurs(Served.UNSAFE, address);
        } else {
            unsafe.freeMemory(address);
        }
    }

    @Hidden
    public static long unsafeReallocate(Unsafe unsafe, long address, long byteSize) {
        if (address == 0) {
            return unsafeAllocate(unsafe, byteSize);
        }
        if (!isOurs(address) || byteSize < 0) {
            return unsafe.reallocateMemory(address, byteSize);
        }
        if (byteSize == 0) {
            unsafeFree(unsafe, address);
            return 0;
        }
        return reallocateOurs(unsafe, address, byteSize);
    }

    @ForceInline
    @Hidden
    public static long directAllocate(Unsafe unsafe, long byteSize) {
        long address = hasSites() ? MetallocSiteHooks.pendingAllocate(EntryPoint.DIRECT_BUFFER, byteSize) : 0;
        if (address == 0 && RunState.isServingDirectBuffers()) {
            address = allocate(Served.DIRECT_BUFFER, byteSize);
        }
        return address > 0 ? address : unsafe.allocateMemory(byteSize);
    }

    /** Reserves what a direct buffer is to have; throws as the JDK does. */
    @ForceInline
    @Hidden
    public static void directReserve(long byteSize, long capacity) {
        if (RunState.directLedgers == null || byteSize != capacity || !Served.LEDGERS.take(byteSize)) {
            reserveAtJdk(byteSize, capacity);
        }
    }

    @DontInline
    @Hidden
    private static void reserveAtJdk(long byteSize, long capacity) {
        long advance = RunState.directLedgers == null || byteSize != capacity ? 0 : Served.LEDGERS.advance(byteSize);
        if (advance > 0) {
            try {
                MetallocBits.reserve(byteSize + advance, capacity + advance);
                Served.LEDGERS.add(advance);
                return;
            } catch (OutOfMemoryError e) {
                // Others took it meanwhile; the buffer alone may still find room.
            }
        }
        MetallocBits.reserve(byteSize, capacity);
    }

    @ForceInline
    public static void directUnreserve(long byteSize, long capacity) {
        if (RunState.directLedgers == null || byteSize != capacity || !Served.LEDGERS.keep(byteSize)) {
            MetallocBits.unreserve(byteSize, capacity);
        }
    }

    /** The JDK found no room and waits for what the collector frees: what threads hold in advance it is to have before it tries again. */
    @Hidden
    public static boolean directAwait(JavaLangRefAccess references) throws InterruptedException {
        if (RunState.directLedgers != null) {
            Served.LEDGERS.recall();
        }
        return references.waitForReferenceProcessing();
    }

    /** What the buffer pool says of bytes. */
    public static long directBytes(AtomicLong reserved) {
        return RunState.directLedgers == null ? reserved.get() : reserved.get() - Served.LEDGERS.creditBytes();
    }

    /** What the buffer pool says of buffers. */
    public static long directCount(AtomicLong count) {
        return RunState.directLedgers == null ? count.get() : count.get() + Served.LEDGERS.bufferCount();
    }

    @ForceInline
    public static Cleaner directCleaner(Object buffer, Runnable task) {
        if (RunState.directLedgers == null) {
            return Cleaner.create(buffer, task);
        }
        BufferOwners owners = Served.LEDGERS.owners();
        Cleaner cleaner = owners == null ? null : MetallocBufferCleaner.create(buffer, task, owners);
        return cleaner == null ? Cleaner.create(buffer, task) : cleaner;
    }

    @ForceInline
    public static void directFree(Unsafe unsafe, long address) {
        ServedEntry likely = quickDirectBuffer;
        if (likely == null || !freeFast(likely, address)) {
            directFreeElsewhere(unsafe, address);
        }
    }

    private static void directFreeElsewhere(Unsafe unsafe, long address) {
        if (isOurs(address)) {
            if (quickDirectBuffer == null) {
                quickDirectBuffer = Served.DIRECT_BUFFER;
            }
            freeOurs(Served.DIRECT_BUFFER, address);
        } else {
            unsafe.freeMemory(address);
        }
    }

    /** Zeroes a new direct buffer, in pieces as the JDK does: nobody waits long for a safepoint. */
    @ForceInline
    public static void directZero(long address, long byteSize, byte zero) {
        if (isOurs(address)) {
            ResidentPages.zero(address, byteSize);
        } else {
            for (long done = 0; done < byteSize; done += SET_MEMORY_PIECE) {
                JDK.setMemory(address + done, Math.min(SET_MEMORY_PIECE, byteSize - done), zero);
            }
        }
    }

    @ForceInline
    public static void directZeroByUnsafe(Unsafe unsafe, long address, long byteSize, byte zero) {
        directZero(address, byteSize, zero);
    }

    /** Memory of a segment that an arena of the JDK's own hands out; errors are worded as the JDK does. */
    @ForceInline
    @Hidden
    public static long segmentAllocate(long byteSize, MemorySessionImpl session) {
        long address = 0;
        if (session instanceof ConfinedSession) {
            address = confinedAllocate(byteSize);
        } else if (session.getClass() == SharedSession.class) {
            address = sharedAllocate(byteSize);
        } else if (session instanceof ImplicitSession && RunState.isServingAutomaticArenas()) {
            address = allocate(Served.AUTOMATIC_ARENA, byteSize);
        }
        return address > 0 ? address : jdkSegmentAllocate(byteSize);
    }

    @ForceInline
    private static long confinedAllocate(long byteSize) {
        long address = hasSites() ? MetallocSiteHooks.pendingAllocate(EntryPoint.ARENA_CONFINED, byteSize) : 0;
        return address == 0 && RunState.isServingConfinedArenas() ? allocate(Served.CONFINED_ARENA, byteSize) : address;
    }

    @Hidden
    private static long jdkSegmentAllocate(long byteSize) {
        try {
            return JDK.allocateMemory(byteSize);
        } catch (IllegalArgumentException e) {
            throw new OutOfMemoryError();
        }
    }

    /** Zeroes a new segment's memory. */
    public static void segmentZero(long address, long byteSize) {
        if (isOurs(address)) {
            ResidentPages.zero(address, byteSize);
        } else {
            // As the JDK does: a loop that a safepoint may interrupt, over a multiple of eight bytes.
            for (long i = 0; i < byteSize; i += Long.BYTES) {
                JDK.putLong(address + i, 0);
            }
        }
    }

    @ForceInline
    public static void segmentFree(Unsafe unsafe, long address) {
        if (isOurs(address)) {
            freeOurs(Served.CONFINED_ARENA, address);
        } else {
            unsafe.freeMemory(address);
        }
    }

    /** The arena itself, or, where the plan says so and the thread has room, one that cuts its blocks from a frame. */
    @ForceInline
    public static Arena confinedArena(Arena arena) {
        if (!RunState.isServingFrames()) {
            return arena;
        }
        FrameStack stack;
        int frame;
        try {
            Failsafe.faultPoint();
            stack = Served.FRAMES.current();
            frame = stack == null ? -1 : stack.open();
        } catch (Throwable failure) {
            RunState.fail(failure);
            return arena;
        }
        return frame < 0 ? arena : new MetallocFrameArena(arena, stack, frame, Served.FRAMES.maxBlockByteSize());
    }

    /** The arena itself, or, where the plan says so, one that does not wait for other threads when it is closed. */
    public static Arena sharedArena(Arena arena) {
        if (!RunState.isServingSharedArenas() || Served.RETIRED == null || !Served.RETIRED.isDeferring()) {
            return arena;
        }
        try {
            Failsafe.faultPoint();
            return new MetallocSharedArena(arena, Served.RETIRED);
        } catch (Throwable failure) {
            RunState.fail(failure);
            return arena;
        }
    }

    /** A block of a shared arena; what is not above 0 the JDK is to serve. */
    static long sharedAllocate(long byteSize) {
        long address = hasSites() ? MetallocSiteHooks.pendingAllocate(EntryPoint.ARENA_SHARED, byteSize) : 0;
        return address == 0 && RunState.isServingSharedArenas() ? allocate(Served.SHARED_ARENA, byteSize) : address;
    }

    static void sharedFree(long address) {
        freeOurs(Served.SHARED_ARENA, address);
    }

    @ForceInline
    private static boolean hasSites() {
        return RunState.isStarted() && Served.HAS_SITES;
    }

    @ForceInline
    static boolean isOurs(long address) {
        long offset = address - RunState.rangeAddress;
        return offset >= 0 && offset < RunState.rangeByteSize;
    }

    @ForceInline
    private static long allocate(ServedEntry entry, long byteSize) {
        try {
            Failsafe.faultPoint();
            return entry.allocate(byteSize);
        } catch (Throwable failure) {
            RunState.fail(failure);
            return 0;
        }
    }

    @ForceInline
    private static long allocateFirst(ServedEntry entry, long byteSize) {
        try {
            Failsafe.faultPoint();
            return entry.allocateFirst(byteSize);
        } catch (Throwable failure) {
            RunState.fail(failure);
            return 0;
        }
    }

    /** False where nothing was done, the address being perhaps none of ours. */
    @ForceInline
    private static boolean freeFast(ServedEntry entry, long address) {
        try {
            return entry.freeFast(address);
        } catch (Throwable failure) {
            RunState.fail(failure);
            return true;
        }
    }

    /** Frees a block of our range; the entry named is the one that most likely handed it out. */
    @ForceInline
    private static void freeOurs(ServedEntry likely, long address) {
        try {
            if (Served.HAS_SITES ? freeAtSites(likely, address) : likely != null && likely.free(address)) {
                return;
            }
        } catch (Throwable failure) {
            RunState.fail(failure);
            return;
        }
        RunState.freeInRange(address);
    }

    /** Each entry stands by itself, so that its calls are bound; whoever comes after the fourth is found by a search. */
    @ForceInline
    private static boolean freeAtSites(ServedEntry likely, long address) {
        if (Served.SITE_0 != null && Served.SITE_0.owns(address)) {
            return Served.SITE_0.free(address);
        }
        if (Served.SITE_1 != null && Served.SITE_1.owns(address)) {
            return Served.SITE_1.free(address);
        }
        if (Served.SITE_2 != null && Served.SITE_2.owns(address)) {
            return Served.SITE_2.free(address);
        }
        if (Served.SITE_3 != null && Served.SITE_3.owns(address)) {
            return Served.SITE_3.free(address);
        }
        return likely != null && likely.owns(address) && likely.free(address);
    }

    @Hidden
    private static long reallocateOurs(Unsafe unsafe, long address, long byteSize) {
        long usableBytes = -1;
        try {
            // First: without it a failure below would lose what is in the block.
            usableBytes = RunState.usableSize(address);
            Failsafe.faultPoint();
            ServedEntry owner = RunState.sites == null ? null : RunState.sites.owner(address);
            if (owner != null || RunState.isServingUnsafe()) {
                long moved = (owner == null ? Served.UNSAFE : owner).reallocate(address, byteSize);
                if (moved != 0) {
                    return moved;
                }
            }
        } catch (Throwable failure) {
            RunState.fail(failure);
        }
        long fresh = unsafe.allocateMemory(byteSize);
        if (usableBytes > 0) {
            unsafe.copyMemory(address, fresh, Math.min(usableBytes, byteSize));
        }
        RunState.freeInRange(address);
        return fresh;
    }
}
