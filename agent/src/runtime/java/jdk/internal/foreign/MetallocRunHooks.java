// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.FrameStack;
import dev.metalloc.agent.runtime.FrameStacks;
import dev.metalloc.agent.runtime.RetiredArenas;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.lang.foreign.Arena;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What run mode puts where the JDK asked for memory: the plan's allocator, and the JDK's own call for all it does not serve.
 *
 * <p>Any thread. A block is freed by whoever allocated it: addresses in our range by us, all others by the JDK.
 */
public final class MetallocRunHooks {

    private static final Unsafe JDK = Unsafe.getUnsafe();
    private static final long SET_MEMORY_PIECE = 1L << 20;

    private MetallocRunHooks() {}

    /** What serves, as constants; not to be touched before {@link RunState} says that hooks serve. */
    private static final class Served {
        static final ServedEntry UNSAFE = RunState.unsafe;
        static final ServedEntry DIRECT_BUFFER = RunState.directBuffer;
        static final ServedEntry SHARED_ARENA = RunState.sharedArena;
        static final ServedEntry CONFINED_ARENA = RunState.confinedArena;
        static final FrameStacks FRAMES = RunState.frames;
        static final RetiredArenas RETIRED = RunState.retiredArenas;
    }

    @ForceInline
    public static long unsafeAllocate(Unsafe unsafe, long byteSize) {
        long address = RunState.isServingUnsafe() ? allocate(Served.UNSAFE, byteSize) : 0;
        return address != 0 ? address : unsafe.allocateMemory(byteSize);
    }

    @ForceInline
    public static void unsafeFree(Unsafe unsafe, long address) {
        if (isOurs(address)) {
            freeOurs(Served.UNSAFE, address);
        } else {
            unsafe.freeMemory(address);
        }
    }

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
    public static long directAllocate(Unsafe unsafe, long byteSize) {
        long address = RunState.isServingDirectBuffers() ? allocate(Served.DIRECT_BUFFER, byteSize) : 0;
        return address != 0 ? address : unsafe.allocateMemory(byteSize);
    }

    @ForceInline
    public static void directFree(Unsafe unsafe, long address) {
        if (isOurs(address)) {
            freeOurs(Served.DIRECT_BUFFER, address);
        } else {
            unsafe.freeMemory(address);
        }
    }

    /** Zeroes a new direct buffer, in pieces as the JDK does: nobody waits long for a safepoint. */
    @ForceInline
    public static void directZero(long address, long byteSize, byte zero) {
        if (isOurs(address)) {
            OffHeapMemory.zero(address, byteSize);
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
    public static long segmentAllocate(long byteSize, MemorySessionImpl session) {
        long address = 0;
        if (session instanceof ConfinedSession) {
            address = RunState.isServingConfinedArenas() ? allocate(Served.CONFINED_ARENA, byteSize) : 0;
        } else if (session.getClass() == SharedSession.class) {
            address = sharedAllocate(byteSize);
        }
        return address != 0 ? address : jdkSegmentAllocate(byteSize);
    }

    private static long jdkSegmentAllocate(long byteSize) {
        try {
            return JDK.allocateMemory(byteSize);
        } catch (IllegalArgumentException e) {
            throw new OutOfMemoryError();
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

    /** A block of a shared arena, or 0 where the JDK is to serve it. */
    static long sharedAllocate(long byteSize) {
        return RunState.isServingSharedArenas() ? allocate(Served.SHARED_ARENA, byteSize) : 0;
    }

    static void sharedFree(long address) {
        freeOurs(Served.SHARED_ARENA, address);
    }

    @ForceInline
    private static boolean isOurs(long address) {
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

    /** Frees a block of our range; the entry named is the one that most likely handed it out. */
    @ForceInline
    private static void freeOurs(ServedEntry likely, long address) {
        try {
            if (likely != null && likely.free(address)) {
                return;
            }
        } catch (Throwable failure) {
            RunState.fail(failure);
            return;
        }
        RunState.freeInRange(address);
    }

    private static long reallocateOurs(Unsafe unsafe, long address, long byteSize) {
        long usableBytes = -1;
        try {
            Failsafe.faultPoint();
            if (RunState.isServingUnsafe()) {
                long moved = Served.UNSAFE.reallocate(address, byteSize);
                if (moved != 0) {
                    return moved;
                }
            }
            usableBytes = RunState.usableSize(address);
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
