// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.FrameStack;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;

/**
 * A confined arena whose blocks are cut from the thread's frame stack.
 *
 * <p>Scope, liveness, confinement and exceptions are the JDK arena's own: every segment carries its scope. What the frame
 * cannot serve (a lower frame than the topmost, large blocks, strong alignment, bad arguments) the JDK's arena does.
 */
final class MetallocFrameArena implements Arena {

    private static final long ALIGNMENT = 16;
    /** To zero so many bytes takes about as long as malloc and free do. */
    private static final long MOST_COPIED_BYTES = 1024;

    private final Arena arena;
    private final FrameStack stack;
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
                // Throws on the wrong thread and after close, before anything is taken.
                MemorySegment segment = MemorySegment.ofAddress(address).reinterpret(byteSize, arena, null);
                stack.take(address, blockByteSize);
                return segment;
            }
        }
        stack.miss();
        return arena.allocate(byteSize, byteAlignment);
    }

    /**
     * What is overwritten at once the JDK's arena does not zero, if it is asked by the same method. A frame's extent is zeroed when it is
     * closed, which costs more than a block of malloc's where there is much to zero.
     */
    @Override
    @ForceInline
    @Hidden
    public MemorySegment allocateFrom(
            ValueLayout elementLayout,
            MemorySegment source,
            ValueLayout sourceElementLayout,
            long sourceOffset,
            long elementCount) {
        return elementLayout == null || elementCount < 0 || elementCount > MOST_COPIED_BYTES / elementLayout.byteSize()
                ? arena.allocateFrom(elementLayout, source, sourceElementLayout, sourceOffset, elementCount)
                : Arena.super.allocateFrom(elementLayout, source, sourceElementLayout, sourceOffset, elementCount);
    }

    private static boolean isServed(long byteAlignment) {
        return byteAlignment > 0 && byteAlignment <= ALIGNMENT && (byteAlignment & (byteAlignment - 1)) == 0;
    }

    @Override
    @ForceInline
    @Hidden
    public void close() {
        arena.close();
        stack.close(frame);
    }
}
