// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.agent.runtime.TraceRecorder;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.record.ArenaRecord;
import dev.metalloc.profiler.record.QuickCounts;
import dev.metalloc.profiler.record.QuickSlots;
import dev.metalloc.profiler.record.RecorderRegistry;
import dev.metalloc.profiler.record.ThreadRecorder;
import java.io.FileDescriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import jdk.internal.access.foreign.UnmapperProxy;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What profile mode puts where the JDK asked for memory: the JDK's own call, and a record of it.
 *
 * <p>Any thread. No hook changes a result, and none throws but what the JDK's call threw.
 */
public final class MetallocProfileHooks {

    static final int ZEROED = 1;
    static final int VIRTUAL = 2;

    private static final int ARENA_CONFINED = EntryPoint.ARENA_CONFINED.ordinal();
    private static final int UNSAFE = EntryPoint.UNSAFE.ordinal();
    private static final int DIRECT_BUFFER = EntryPoint.DIRECT_BUFFER.ordinal();
    private static final int MAPPED_FILE = EntryPoint.MAPPED_FILE.ordinal();

    /** Null where no trace is written, which folds all its branches away. */
    static final TraceRecorder TRACE = ProfileState.trace;

    private static final boolean COUNTS_QUICKLY = ProfileState.countsQuickly;

    private static final QuickCounts[] QUICK = ProfileState.QUICK.byThread();

    /** Of at least 32 bytes each: more than the end of a reallocation needs. */
    private static final int REALLOCATION_FRAMES = 256;

    private MetallocProfileHooks() {}

    public static long unsafeAllocate(Unsafe unsafe, long byteSize) {
        long address = unsafe.allocateMemory(byteSize);
        if (address != 0) {
            unsafeAllocated(address, byteSize);
        }
        return address;
    }

    public static void unsafeFree(Unsafe unsafe, long address) {
        unsafeFreed(address);
        unsafe.freeMemory(address);
    }

    public static long unsafeReallocate(Unsafe unsafe, long address, long byteSize) {
        return reallocate(UNSAFE, unsafe, address, byteSize);
    }

    public static long directAllocate(Unsafe unsafe, long byteSize) {
        long address = unsafe.allocateMemory(byteSize);
        allocated(DIRECT_BUFFER, address, byteSize, ZEROED);
        return address;
    }

    public static void directFree(Unsafe unsafe, long address) {
        freed(DIRECT_BUFFER, address);
        unsafe.freeMemory(address);
    }

    @ForceInline
    public static Arena confinedArena(Arena arena) {
        return MetallocConfinedHooks.ARE_USED && MetallocConfinedHooks.opened(arena) ? arena : wrappedConfined(arena);
    }

    /** A block of a segment of any arena of the JDK's own, at least one byte large; answers its address. */
    @ForceInline
    public static long confinedAllocated(
            long address,
            long byteSize,
            long byteAlignment,
            MemorySessionImpl session,
            boolean isReserved,
            boolean zeroed) {
        MetallocConfinedHooks.allocated(session, byteSize, byteAlignment, zeroed);
        return address;
    }

    /** Any session was closed, and its memory was freed. */
    @ForceInline
    public static void confinedClosed(MemorySessionImpl session) {
        MetallocConfinedHooks.closed(session);
    }

    private static Arena wrappedConfined(Arena arena) {
        // Wrapped whether or not it is recorded: two kinds of arena that meet here would put both on the heap.
        return MetallocProfilingArena.confined(arena, openConfined());
    }

    @DontInline
    private static ArenaRecord openConfined() {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return ArenaRecord.NONE;
        }
        try {
            Failsafe.faultPoint();
            ThreadRecorder atHome = recording.atHome(Thread.currentThread());
            if (atHome != null) {
                return atHome.openConfinedArena();
            }
            ThreadRecorder current = recording.recorder(MetallocOwnerThread.current());
            // A virtual thread may go on on another carrier.
            return Thread.currentThread().isVirtual() ? current.openArena(ARENA_CONFINED) : current.openConfinedArena();
        } catch (Throwable failure) {
            ProfileState.fail(failure);
            return ArenaRecord.NONE;
        }
    }

    public static Arena sharedArena(Arena arena) {
        return profiled(arena, EntryPoint.ARENA_SHARED);
    }

    public static Arena automaticArena(Arena arena) {
        return profiled(arena, EntryPoint.ARENA_AUTO);
    }

    public static Arena globalArena(Arena arena) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return arena;
        }
        try {
            Failsafe.faultPoint();
            return MetallocProfilingArena.global(arena, current(recording));
        } catch (Throwable failure) {
            ProfileState.fail(failure);
            return arena;
        }
    }

    /** Puts recording around handles of malloc and free, and leaves all others as they are. */
    public static MethodHandle downcall(
            MethodHandle handle, MemorySegment symbol, FunctionDescriptor function, Linker.Option[] options) {
        if (ProfileState.recording == null) {
            return handle;
        }
        try {
            Failsafe.faultPoint();
            return MetallocMallocHandles.recorded(handle, symbol, function, options);
        } catch (Throwable failure) {
            ProfileState.fail(failure);
            return handle;
        }
    }

    /**
     * A file was mapped, in whole pages, of which the part that was asked for begins so far into the first one. A trace has no such
     * blocks: no allocator could serve them.
     */
    public static void mapped(
            long pageAddress, long pageBytes, long byteSize, FileDescriptor descriptor, int pagePosition) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            Failsafe.faultPoint();
            current(recording).mapped(pageAddress + pagePosition, byteSize, virtualFlag());
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    /** A mapping will end, in whatever way. */
    public static void unmapped(UnmapperProxy mapping) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            Failsafe.faultPoint();
            current(recording).freed(MAPPED_FILE, mapping.address());
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    private static Arena profiled(Arena arena, EntryPoint entryPoint) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return arena;
        }
        try {
            Failsafe.faultPoint();
            return MetallocProfilingArena.of(arena, entryPoint, current(recording));
        } catch (Throwable failure) {
            ProfileState.fail(failure);
            return arena;
        }
    }

    /** The recorder of the running carrier. */
    static ThreadRecorder current(RecorderRegistry recording) {
        ThreadRecorder atHome = recording.atHome(Thread.currentThread());
        return atHome != null ? atHome : recording.recorder(MetallocOwnerThread.current());
    }

    static int virtualFlag() {
        return Thread.currentThread().isVirtual() ? VIRTUAL : 0;
    }

    /* Out of line, as is freed: each compiled method that allocates would otherwise hold a copy, which cost the compilers of a
     * short Netty run a second of CPU time and the application some of its own inlining. */
    @DontInline
    static void allocated(int entryPoint, long address, long byteSize, int flags) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            Failsafe.faultPoint();
            int allFlags = flags;
            ThreadRecorder current = recording.atHome(Thread.currentThread());
            if (current == null) {
                current = recording.recorder(MetallocOwnerThread.current());
                allFlags |= virtualFlag();
            }
            if (allFlags == 0) {
                current.allocated(entryPoint, address, byteSize);
            } else {
                current.allocated(entryPoint, address, byteSize, 1, allFlags);
            }
            if (TRACE != null) {
                TRACE.allocated(current, address, byteSize, 0, (flags & ZEROED) != 0);
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    /* The entry point with the highest rates: what most of its events need is little enough to be inlined. */
    private static void unsafeAllocated(long address, long byteSize) {
        try {
            long runningId = Thread.currentThread().threadId();
            if (COUNTS_QUICKLY && quick(runningId).allocated(runningId, byteSize)) {
                return;
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
            return;
        }
        allocated(UNSAFE, address, byteSize, 0);
    }

    private static void unsafeFreed(long address) {
        try {
            long runningId = Thread.currentThread().threadId();
            if (COUNTS_QUICKLY && quick(runningId).freed(runningId, address)) {
                return;
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
            return;
        }
        freed(UNSAFE, address);
    }

    private static QuickCounts quick(long runningId) {
        return QUICK[(int) runningId & (QuickSlots.COUNT - 1)];
    }

    @DontInline
    static void freed(int entryPoint, long address) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            Failsafe.faultPoint();
            ThreadRecorder current = current(recording);
            current.freed(entryPoint, address);
            if (TRACE != null && address != 0) {
                TRACE.freed(current, address);
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    private static long reallocate(int entryPoint, Unsafe unsafe, long address, long byteSize) {
        if (address == 0) {
            long fresh = unsafe.reallocateMemory(0, byteSize);
            if (fresh != 0) {
                allocated(entryPoint, fresh, byteSize, 0);
            }
            return fresh;
        }
        if (byteSize == 0) {
            freed(entryPoint, address);
            return unsafe.reallocateMemory(address, 0);
        }
        long token = beginReallocate(entryPoint, address);
        long moved = 0;
        try {
            moved = unsafe.reallocateMemory(address, byteSize);
        } finally {
            endReallocate(entryPoint, token, address, moved, byteSize);
        }
        return moved;
    }

    /** {@link #endReallocate} must follow, whatever happens in between. */
    static long beginReallocate(int entryPoint, long address) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return ThreadRecorder.UNKNOWN;
        }
        try {
            if (TRACE != null) {
                requireStack(REALLOCATION_FRAMES);
                TRACE.beginReallocate();
            }
            Failsafe.faultPoint();
            return current(recording).beginReallocate(entryPoint, address);
        } catch (Throwable failure) {
            ProfileState.fail(failure);
            return ThreadRecorder.UNKNOWN;
        }
    }

    static void endReallocate(int entryPoint, long token, long oldAddress, long newAddress, long byteSize) {
        try {
            RecorderRegistry recording = ProfileState.recording;
            if (recording == null) {
                leaveReallocate();
                return;
            }
            ThreadRecorder current = current(recording);
            if (TRACE != null) {
                TRACE.endReallocate(current, oldAddress, newAddress, byteSize);
            }
            current.endReallocate(entryPoint, token, oldAddress, newAddress, byteSize, virtualFlag());
        } catch (Throwable failure) {
            leaveReallocate();
            ProfileState.fail(failure);
        }
    }

    /** Overflows the stack before the trace's lock is taken, if at all: whatever overflows it afterwards, the reallocation can be ended. */
    @DontInline
    private static int requireStack(int frames) {
        return frames == 0 ? 0 : requireStack(frames - 1) + 1;
    }

    private static void leaveReallocate() {
        if (TRACE != null) {
            TRACE.leaveReallocate();
        }
    }
}
