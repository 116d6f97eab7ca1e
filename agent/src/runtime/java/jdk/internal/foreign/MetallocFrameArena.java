// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.FrameStack;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;

/**
 * A confined arena whose blocks are cut from a frame stack, the thread's.
 *
 * <p>Scope, liveness, confinement and exceptions are the JDK arena's own: every segment carries its scope. What the frame
 * cannot serve (a lower frame than the topmost, large blocks, strong alignment, bad arguments) the JDK's arena does.
 */
class MetallocFrameArena implements Arena {

    private static final long ALIGNMENT = 16;
    /** To zero so many bytes costs next to nothing. */
    private static final long MOST_ZEROED_COPY_BYTES = 256;

    private final Arena arena;
    final FrameStack stack;
    private final int frame;
    private final long maxBlockByteSize;

    MetallocFrameArena(Arena arena, FrameStack stack, int frame, long maxBlockByteSize) {
        this.arena = arena;
        this.stack = stack;
        this.frame = frame;
        this.maxBlockByteSize = maxBlockByteSize;
    }

    @Override
    public MemorySegment.Scope scope() {
        return arena.scope();
    }

    @Override
    @ForceInline
    @Hidden
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        if (byteSize >= 0 && byteSize <= maxBlockByteSize && isServed(byteAlignment)) {
            // The JDK gives blocks of size zero an address of their own too.
            long blockByteSize = Math.max(byteSize, 1);
            long address = stack.next(frame, blockByteSize + ALIGNMENT);
            if (address != 0) {
                MemorySegment segment = segmentAt(address, byteSize);
                stack.take(address, blockByteSize);
                return segment;
            }
        }
        stack.miss();
        return arena.allocate(byteSize, byteAlignment);
    }

    /** What is overwritten at once is zeroed neither here nor by the JDK's arena, if that is asked by the same method. */
    @Override
    @ForceInline
    @Hidden
    public MemorySegment allocateFrom(
            ValueLayout elementLayout,
            MemorySegment source,
            ValueLayout sourceElementLayout,
            long sourceOffset,
            long elementCount) {
        if (elementLayout == null
                || elementCount < 0
                || elementCount > maxBlockByteSize / elementLayout.byteSize()
                || !isServed(elementLayout.byteAlignment())) {
            return arena.allocateFrom(elementLayout, source, sourceElementLayout, sourceOffset, elementCount);
        }
        long byteSize = elementCount * elementLayout.byteSize();
        if (byteSize <= MOST_ZEROED_COPY_BYTES) {
            return Arena.super.allocateFrom(elementLayout, source, sourceElementLayout, sourceOffset, elementCount);
        }
        long address = stack.next(frame, byteSize + ALIGNMENT);
        if (address == 0 || source == null || sourceElementLayout == null) {
            stack.miss();
            return arena.allocateFrom(elementLayout, source, sourceElementLayout, sourceOffset, elementCount);
        }
        MemorySegment segment = segmentAt(address, byteSize);
        stack.takeUnzeroed(address, byteSize);
        MemorySegment.copy(source, sourceElementLayout, sourceOffset, segment, elementLayout, 0, elementCount);
        return segment;
    }

    /** Throws on the wrong thread and after close, before anything is taken. */
    @ForceInline
    @Hidden
    private MemorySegment segmentAt(long address, long byteSize) {
        return MemorySegment.ofAddress(address).reinterpret(byteSize, arena, null);
    }

    private static boolean isServed(long byteAlignment) {
        return byteAlignment > 0 && byteAlignment <= ALIGNMENT && (byteAlignment & (byteAlignment - 1)) == 0;
    }

    /** The two halves of the JDK's close: what the first one refuses stays open, and after it the frame ends whatever a cleanup action throws. */
    @Override
    @ForceInline
    @Hidden
    public final void close() {
        MemorySessionImpl session = (MemorySessionImpl) arena.scope();
        session.justClose();
        try {
            session.resourceList.cleanup();
        } finally {
            endFrame();
        }
    }

    @ForceInline
    @Hidden
    void endFrame() {
        stack.close(frame);
    }
}
