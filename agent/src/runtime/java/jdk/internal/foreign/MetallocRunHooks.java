// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

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
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import jdk.internal.misc.Unsafe;
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

    /** What frees blocks in a few instructions, known once one of ours was freed; a constant to the JIT from then on. */
    @Stable
    private static ServedEntry quickUnsafe;

    private MetallocRunHooks() {}

    /** What serves, as constants; not to be touched before {@link RunState} says that hooks serve. */
    static final class Served {
        static final ServedEntry UNSAFE = RunState.unsafe;
        static final ServedEntry DIRECT_BUFFER = RunState.directBuffer;
        static final ServedEntry SHARED_ARENA = RunState.sharedArena;
        static final ServedEntry CONFINED_ARENA = RunState.confinedArena;
        static final ServedEntry AUTOMATIC_ARENA = RunState.automaticArena;
        static final ServedEntry MALLOC_DOWNCALL = RunState.mallocDowncall;
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
            address = automaticAllocate(byteSize);
        }
        return address > 0 ? address : jdkSegmentAllocate(byteSize);
    }

    /** Out of line, as is all of our own that follows: so the JDK's method stays small enough to be inlined, and its segment off the heap. */
    @DontInline
    private static long confinedAllocate(long byteSize) {
        long address = hasSites() ? MetallocSiteHooks.pendingAllocate(EntryPoint.ARENA_CONFINED, byteSize) : 0;
        return address == 0 && RunState.isServingConfinedArenas() ? allocate(Served.CONFINED_ARENA, byteSize) : address;
    }

    @DontInline
    private static long automaticAllocate(long byteSize) {
        return allocate(Served.AUTOMATIC_ARENA, byteSize);
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
            segmentZeroOurs(address, byteSize);
        } else {
            // As the JDK does: a loop that a safepoint may interrupt, over a multiple of eight bytes.
            for (long i = 0; i < byteSize; i += Long.BYTES) {
                JDK.putLong(address + i, 0);
            }
        }
    }

    @DontInline
    private static void segmentZeroOurs(long address, long byteSize) {
        ResidentPages.zero(address, byteSize);
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
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return arena;
        }
        return frame < 0
                ? virtualArena(arena)
                : new MetallocFrameArena(arena, stack, frame, Served.FRAMES.maxBlockByteSize());
    }

    /** As {@link #confinedArena}, for virtual threads alone. */
    @ForceInline
    @Hidden
    private static Arena virtualArena(Arena arena) {
        if (!Thread.currentThread().isVirtual()) {
            return arena;
        }
        FrameStack stack;
        int frame;
        try {
            stack = Served.FRAMES.lend();
            frame = stack == null ? -1 : stack.open();
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return arena;
        }
        return frame < 0 ? arena : new MetallocLentFrameArena(arena, stack, frame, Served.FRAMES);
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
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return arena;
        }
    }

    /** A block of a shared arena; what is not above 0 the JDK is to serve. */
    @DontInline
    static long sharedAllocate(long byteSize) {
        long address = hasSites() ? MetallocSiteHooks.pendingAllocate(EntryPoint.ARENA_SHARED, byteSize) : 0;
        return address == 0 && RunState.isServingSharedArenas() ? allocate(Served.SHARED_ARENA, byteSize) : address;
    }

    static void sharedFree(long address) {
        freeOurs(Served.SHARED_ARENA, address);
    }

    /** The handle itself, or, where the plan says so, one of malloc's family that our allocator stands behind. */
    public static MethodHandle downcall(
            MethodHandle handle, MemorySegment symbol, FunctionDescriptor function, Linker.Option[] options) {
        try {
            Failsafe.faultPoint();
            // None is of ours before somebody links what may allocate, and no free may go unseen that is linked before
            // that.
            boolean mayBeServed =
                    RunState.rangeByteSize != 0 || (isLikeMallocOrFree(handle.type()) && RunState.isStarted());
            return mayBeServed ? MetallocServedHandles.of(handle, symbol, function, options) : handle;
        } catch (VirtualMachineError exhausted) {
            throw exhausted; // as the JDK, to which a handle costs more: else a block of ours might not find its way
            // back
        } catch (Throwable failure) {
            RunState.fail(failure);
            return handle;
        }
    }

    /** Whether a handle is of the shape of malloc, calloc, or free. */
    private static boolean isLikeMallocOrFree(MethodType type) {
        int count = type.parameterCount();
        if (count == 0 || count > 2) {
            return false;
        }
        Class<?> last = type.lastParameterType();
        Class<?> answer = type.returnType();
        return answer == void.class
                ? last == long.class || last == MemorySegment.class
                : last == long.class && (answer == long.class || answer == MemorySegment.class);
    }

    @ForceInline
    static boolean hasSites() {
        return RunState.isStarted() && Served.HAS_SITES;
    }

    @ForceInline
    static boolean isOurs(long address) {
        long offset = address - RunState.rangeAddress;
        return offset >= 0 && offset < RunState.rangeByteSize;
    }

    @ForceInline
    static long allocate(ServedEntry entry, long byteSize) {
        try {
            Failsafe.faultPoint();
            return entry.allocate(byteSize);
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
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
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return 0;
        }
    }

    /** False where nothing was done, the address being perhaps none of ours. */
    @ForceInline
    static boolean freeFast(ServedEntry entry, long address) {
        try {
            return entry.freeFast(address);
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return true;
        }
    }

    /** Frees a block of our range; the entry named is the one that most likely handed it out. */
    @ForceInline
    static void freeOurs(ServedEntry likely, long address) {
        if (RunState.isTorn()) {
            return;
        }
        try {
            if (Served.HAS_SITES ? freeAtSites(likely, address) : likely != null && likely.free(address)) {
                return;
            }
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
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
        // First: without it a failure below would lose what is in the block.
        long usableBytes = usableSize(address);
        try {
            Failsafe.faultPoint();
            ServedEntry owner = RunState.sites == null ? null : RunState.sites.owner(address);
            if (owner != null || RunState.isServingUnsafe()) {
                long moved = (owner == null ? Served.UNSAFE : owner).reallocate(address, byteSize);
                if (moved != 0) {
                    return moved;
                }
            }
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
        }
        long fresh = unsafe.allocateMemory(byteSize);
        if (usableBytes > 0) {
            unsafe.copyMemory(address, fresh, Math.min(usableBytes, byteSize));
        }
        RunState.freeInRange(address);
        return fresh;
    }

    /** The block resized, perhaps elsewhere, or 0: it then lives on. */
    static long reallocate(ServedEntry entry, long address, long byteSize) {
        try {
            Failsafe.faultPoint();
            return entry.reallocate(address, byteSize);
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return 0;
        }
    }

    /** Usable bytes of a block, or -1; where that cannot be known the block can neither move nor grow. */
    @Hidden
    static long usableSize(long address) {
        try {
            return RunState.usableSize(address);
        } catch (StackOverflowError failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            throw failure;
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            throw new OutOfMemoryError("the size of the block is not known any more");
        }
    }
}
