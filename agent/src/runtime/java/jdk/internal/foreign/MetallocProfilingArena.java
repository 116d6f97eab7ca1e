// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.agent.runtime.TracedArena;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.record.ArenaRecord;
import dev.metalloc.profiler.record.RecorderRegistry;
import dev.metalloc.profiler.record.ThreadRecorder;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.Charset;
import java.util.function.Consumer;
import jdk.internal.vm.annotation.DontInline;

/**
 * The JDK's arena, with a record of each block and of the closing.
 *
 * <p>Threads and exceptions are the JDK arena's own. The {@code allocateFrom} methods go to the JDK's arena, which, unlike
 * the defaults of a foreign arena, skips the zeroing of memory that is overwritten at once.
 */
final class MetallocProfilingArena implements Arena {

    private static Arena global;

    private final Arena arena;
    private final ArenaRecord record;
    /** Null where no trace is written, or this arena has no close that a trace could see coming. */
    private final TracedArena traced;

    private final boolean automatic;

    private MetallocProfilingArena(Arena arena, ArenaRecord record, TracedArena traced, boolean automatic) {
        this.arena = arena;
        this.record = record;
        this.traced = traced;
        this.automatic = automatic;
    }

    /** Little enough to be inlined: where all the arena's calls are, it need not be made. */
    static Arena confined(Arena arena, ArenaRecord record) {
        return new MetallocProfilingArena(
                arena, record, MetallocProfileHooks.TRACE == null ? null : new TracedArena(), false);
    }

    static Arena of(Arena arena, EntryPoint entryPoint, ThreadRecorder current) {
        ArenaRecord record = current.openArena(entryPoint.ordinal());
        if (entryPoint == EntryPoint.ARENA_AUTO) {
            // Refers to the record alone: a reference to the arena would keep it reachable for ever.
            MemorySegment.NULL.reinterpret(0, arena, new Collected(record));
        }
        boolean isTraced = MetallocProfileHooks.TRACE != null && entryPoint == EntryPoint.ARENA_SHARED;
        return new MetallocProfilingArena(
                arena, record, isTraced ? new TracedArena() : null, entryPoint == EntryPoint.ARENA_AUTO);
    }

    /** The one global arena; racing threads may make two records of it, both of which count. */
    static Arena global(Arena arena, ThreadRecorder current) {
        Arena wrapped = global;
        if (wrapped == null) {
            wrapped = of(arena, EntryPoint.ARENA_GLOBAL, current);
            global = wrapped;
        }
        return wrapped;
    }

    /** Ends the record when the collector has found the arena unreachable. */
    private static final class Collected implements Consumer<MemorySegment> {
        private final ArenaRecord record;

        Collected(ArenaRecord record) {
            this.record = record;
        }

        @Override
        public void accept(MemorySegment segment) {
            recordClose(record);
        }
    }

    /** Ends one block of an automatic arena in the trace; added after the block's own cleanup, it runs before that. */
    private static final class CollectedBlock implements Consumer<MemorySegment> {
        private final long address;

        CollectedBlock(long address) {
            this.address = address;
        }

        @Override
        public void accept(MemorySegment segment) {
            try {
                RecorderRegistry recording = ProfileState.recording;
                if (recording != null) {
                    MetallocProfileHooks.TRACE.freed(MetallocProfileHooks.current(recording), address);
                }
            } catch (Throwable failure) {
                ProfileState.fail(failure);
            }
        }
    }

    @Override
    public MemorySegment.Scope scope() {
        return arena.scope();
    }

    @Override
    public void close() {
        if (MetallocProfileHooks.TRACE != null && traced != null) { // the former is a constant: nothing is left of this
            closeTraced();
        } else {
            arena.close();
        }
        recordClose(record);
    }

    /** The trace must have the frees before anybody else can be handed the memory. */
    private void closeTraced() {
        boolean noted = noteClosing();
        boolean closed = false;
        try {
            arena.close();
            closed = true;
        } finally {
            if (noted && !closed) {
                noteNotClosed();
            }
        }
    }

    private boolean noteClosing() {
        RecorderRegistry recording = ProfileState.recording;
        try {
            return recording != null
                    && arena.scope().isAlive()
                    && MetallocProfileHooks.TRACE.closing(traced, MetallocProfileHooks.current(recording));
        } catch (Throwable failure) {
            ProfileState.fail(failure);
            return false;
        }
    }

    private void noteNotClosed() {
        RecorderRegistry recording = ProfileState.recording;
        try {
            if (recording != null) {
                MetallocProfileHooks.TRACE.notClosed(traced, MetallocProfileHooks.current(recording));
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        MemorySegment segment = arena.allocate(byteSize, byteAlignment);
        record(segment, byteAlignment, MetallocProfileHooks.ZEROED);
        return segment;
    }

    private MemorySegment filled(MemorySegment segment, long byteAlignment) {
        record(segment, byteAlignment, 0);
        return segment;
    }

    /** A segment is only asked for its size here: to pass it on would put it on the heap. So would passing on this arena. */
    private void record(MemorySegment segment, long byteAlignment, int flags) {
        record(record, segment.byteSize(), byteAlignment, flags);
        if (MetallocProfileHooks.TRACE != null) {
            trace(segment.address(), segment.byteSize(), byteAlignment, (flags & MetallocProfileHooks.ZEROED) != 0);
        }
    }

    private void trace(long address, long byteSize, long byteAlignment, boolean zeroed) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            ThreadRecorder current = MetallocProfileHooks.current(recording);
            if (traced != null) {
                MetallocProfileHooks.TRACE.allocatedIn(traced, current, address, byteSize, byteAlignment, zeroed);
            } else {
                MetallocProfileHooks.TRACE.allocated(current, address, byteSize, byteAlignment, zeroed);
            }
            if (automatic) {
                MemorySegment.NULL.reinterpret(0, arena, new CollectedBlock(address));
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    private static void record(ArenaRecord record, long byteSize, long byteAlignment, int flags) {
        if (ProfileState.recording == null) {
            return;
        }
        try {
            if (!Failsafe.TESTED
                    && record.allocatedQuickly(byteSize, byteAlignment, flags == MetallocProfileHooks.ZEROED)) {
                return;
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
            return;
        }
        recordSlowly(record, byteSize, byteAlignment, flags);
    }

    /* Out of line: inlined, it uses up the room that the JDK's own code needs for its segments to stay off the heap. */
    @DontInline
    private static void recordSlowly(ArenaRecord record, long byteSize, long byteAlignment, int flags) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            Failsafe.faultPoint();
            ThreadRecorder confinedTo = record.confinedTo();
            if (confinedTo != null) {
                record.allocated(confinedTo, byteSize, byteAlignment, flags);
                return;
            }
            ThreadRecorder current = MetallocProfileHooks.current(recording);
            if (record.isOf(current)) {
                record.allocated(current, byteSize, byteAlignment, flags | MetallocProfileHooks.virtualFlag());
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    @DontInline
    private static void recordClose(ArenaRecord record) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            Failsafe.faultPoint();
            ThreadRecorder confinedTo = record.confinedTo();
            if (confinedTo != null) {
                record.closed(confinedTo);
                return;
            }
            ThreadRecorder current = MetallocProfileHooks.current(recording);
            if (record.isOf(current)) {
                record.closed(current);
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    @Override
    public MemorySegment allocateFrom(String text) {
        return filled(arena.allocateFrom(text), 1);
    }

    @Override
    public MemorySegment allocateFrom(String text, Charset charset) {
        return filled(arena.allocateFrom(text, charset), 1);
    }

    @Override
    public MemorySegment allocateFrom(ValueLayout.OfByte layout, byte value) {
        return filled(arena.allocateFrom(layout, value), layout.byteAlignment());
    }

    @Override
    public MemorySegment allocateFrom(ValueLayout.OfChar layout, char value) {
        return filled(arena.allocateFrom(layout, value), layout.byteAlignment());
    }

    @Override
    public MemorySegment allocateFrom(ValueLayout.OfShort layout, short value) {
        return filled(arena.allocateFrom(layout, value), layout.byteAlignment());
    }

    @Override
    public MemorySegment allocateFrom(ValueLayout.OfInt layout, int value) {
        return filled(arena.allocateFrom(layout, value), layout.byteAlignment());
    }

    @Override
    public MemorySegment allocateFrom(ValueLayout.OfFloat layout, float value) {
        return filled(arena.allocateFrom(layout, value), layout.byteAlignment());
    }

    @Override
    public MemorySegment allocateFrom(ValueLayout.OfLong layout, long value) {
        return filled(arena.allocateFrom(layout, value), layout.byteAlignment());
    }

    @Override
    public MemorySegment allocateFrom(ValueLayout.OfDouble layout, double value) {
        return filled(arena.allocateFrom(layout, value), layout.byteAlignment());
    }

    @Override
    public MemorySegment allocateFrom(AddressLayout layout, MemorySegment value) {
        return filled(arena.allocateFrom(layout, value), layout.byteAlignment());
    }

    @Override
    public MemorySegment allocateFrom(
            ValueLayout elementLayout,
            MemorySegment source,
            ValueLayout sourceElementLayout,
            long sourceOffset,
            long elementCount) {
        return filled(
                arena.allocateFrom(elementLayout, source, sourceElementLayout, sourceOffset, elementCount),
                elementLayout.byteAlignment());
    }

    // The array forms of allocateFrom and the layout forms of allocate are defaults that call one of the above.
}
