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

    private static final ServedEntry UNSAFE = RunState.unsafe;
    private static final ServedEntry DIRECT_BUFFER = RunState.directBuffer;
    private static final ServedEntry SHARED_ARENA = RunState.sharedArena;
    private static final ServedEntry CONFINED_ARENA = RunState.confinedArena;
    private static final FrameStacks FRAMES = RunState.frames;
    private static final RetiredArenas RETIRED = RunState.retiredArenas;
    private static final long RANGE_ADDRESS = RunState.rangeAddress;
    private static final long RANGE_BYTE_SIZE = RunState.rangeByteSize;

    private MetallocRunHooks() {}

    @ForceInline
    public static long unsafeAllocate(Unsafe unsafe, long byteSize) {
        long address = allocate(UNSAFE, byteSize);
        return address != 0 ? address : unsafe.allocateMemory(byteSize);
    }

    @ForceInline
    public static void unsafeFree(Unsafe unsafe, long address) {
        free(UNSAFE, unsafe, address);
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
        long address = allocate(DIRECT_BUFFER, byteSize);
        return address != 0 ? address : unsafe.allocateMemory(byteSize);
    }

    @ForceInline
    public static void directFree(Unsafe unsafe, long address) {
        free(DIRECT_BUFFER, unsafe, address);
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
            address = allocate(CONFINED_ARENA, byteSize);
        } else if (session.getClass() == SharedSession.class) {
            address = allocate(SHARED_ARENA, byteSize);
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
        free(CONFINED_ARENA, unsafe, address);
    }

    /** The arena itself, or, where the plan says so and the thread has room, one that cuts its blocks from a frame. */
    @ForceInline
    public static Arena confinedArena(Arena arena) {
        if (FRAMES == null || !RunState.allocating) {
            return arena;
        }
        FrameStack stack;
        int frame;
        try {
            Failsafe.faultPoint();
            stack = FRAMES.current();
            frame = stack == null ? -1 : stack.open();
        } catch (Throwable failure) {
            RunState.fail(failure);
            return arena;
        }
        return frame < 0 ? arena : new MetallocFrameArena(arena, stack, frame, FRAMES.maxBlockByteSize());
    }

    /** The arena itself, or, where the plan says so, one that does not wait for other threads when it is closed. */
    public static Arena sharedArena(Arena arena) {
        if (RETIRED == null || SHARED_ARENA == null || !RunState.allocating || !RETIRED.isDeferring()) {
            return arena;
        }
        try {
            Failsafe.faultPoint();
            return new MetallocSharedArena(arena, RETIRED);
        } catch (Throwable failure) {
            RunState.fail(failure);
            return arena;
        }
    }

    /** A block of a shared arena, or 0 where the JDK is to serve it. */
    static long sharedAllocate(long byteSize) {
        return allocate(SHARED_ARENA, byteSize);
    }

    static void sharedFree(long address) {
        freeOurs(SHARED_ARENA, address);
    }

    @ForceInline
    private static boolean isOurs(long address) {
        return address - RANGE_ADDRESS >= 0 && address - RANGE_ADDRESS < RANGE_BYTE_SIZE;
    }

    @ForceInline
    private static long allocate(ServedEntry entry, long byteSize) {
        if (entry == null || !RunState.allocating) {
            return 0;
        }
        try {
            Failsafe.faultPoint();
            return entry.allocate(byteSize);
        } catch (Throwable failure) {
            RunState.fail(failure);
            return 0;
        }
    }

    /** Frees by range; the entry named is the one that most likely handed the block out. */
    @ForceInline
    private static void free(ServedEntry likely, Unsafe unsafe, long address) {
        if (!isOurs(address)) {
            unsafe.freeMemory(address);
        } else {
            freeOurs(likely, address);
        }
    }

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
            if (UNSAFE != null && RunState.allocating) {
                long moved = UNSAFE.reallocate(address, byteSize);
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
