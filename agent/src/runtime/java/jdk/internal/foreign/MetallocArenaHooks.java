// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.FrameStack;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.allocators.source.ResidentPages;
import dev.metalloc.profiler.api.EntryPoint;
import java.lang.foreign.Arena;
import jdk.internal.foreign.MetallocRunHooks.Served;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;

/**
 * What run mode puts where the JDK makes arenas and their segments: arenas over the plan's frames and blocks of its allocators, the JDK's own for all else.
 *
 * <p>Any thread. Where the Java heap has no room for an arena of ours, it is the JDK's. What may throw as the JDK does stands in no stack trace.
 */
public final class MetallocArenaHooks {

    private static final Unsafe JDK = Unsafe.getUnsafe();

    private MetallocArenaHooks() {}

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
        long address = MetallocRunHooks.hasSites()
                ? MetallocSiteHooks.pendingAllocate(EntryPoint.ARENA_CONFINED, byteSize)
                : 0;
        return address == 0 && RunState.isServingConfinedArenas()
                ? MetallocRunHooks.allocate(Served.CONFINED_ARENA, byteSize)
                : address;
    }

    @DontInline
    private static long automaticAllocate(long byteSize) {
        return MetallocRunHooks.allocate(Served.AUTOMATIC_ARENA, byteSize);
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
        if (MetallocRunHooks.isOurs(address)) {
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
        if (MetallocRunHooks.isOurs(address)) {
            MetallocRunHooks.freeOurs(Served.CONFINED_ARENA, address);
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
        if (frame < 0) {
            return virtualArena(arena);
        }
        try {
            return new MetallocFrameArena(arena, stack, frame, Served.FRAMES.maxBlockByteSize());
        } catch (OutOfMemoryError fullHeap) {
            stack.close(frame);
            return arena;
        }
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
        if (frame < 0) {
            return arena;
        }
        try {
            return new MetallocLentFrameArena(arena, stack, frame, Served.FRAMES);
        } catch (OutOfMemoryError fullHeap) {
            stack.close(frame);
            Served.FRAMES.takeBack(stack);
            return arena;
        }
    }

    /** The arena itself, or, where the plan says so, one that does not wait for other threads when it is closed. */
    public static Arena sharedArena(Arena arena) {
        if (!RunState.isServingSharedArenas() || Served.RETIRED == null || !Served.RETIRED.isDeferring()) {
            return arena;
        }
        try {
            Failsafe.faultPoint();
            return new MetallocSharedArena(arena, Served.RETIRED);
        } catch (OutOfMemoryError fullHeap) {
            return arena;
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return arena;
        }
    }

    /** A block of a shared arena; what is not above 0 the JDK is to serve. */
    @DontInline
    static long sharedAllocate(long byteSize) {
        long address =
                MetallocRunHooks.hasSites() ? MetallocSiteHooks.pendingAllocate(EntryPoint.ARENA_SHARED, byteSize) : 0;
        return address == 0 && RunState.isServingSharedArenas()
                ? MetallocRunHooks.allocate(Served.SHARED_ARENA, byteSize)
                : address;
    }

    static void sharedFree(long address) {
        MetallocRunHooks.freeOurs(Served.SHARED_ARENA, address);
    }
}
