// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.RetiredArena;
import dev.metalloc.agent.runtime.RetiredArenas;
import dev.metalloc.agent.runtime.ServedSite;
import dev.metalloc.allocators.source.ResidentPages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.internal.foreign.MemorySessionImpl.ResourceList.ResourceCleanup;
import jdk.internal.misc.ScopedMemoryAccess;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.Hidden;

/**
 * A shared arena with blocks of ours, whose close does not wait for the other threads.
 *
 * <p>Any thread. Scope, liveness and exceptions are those of the JDK's session.
 */
/* Implementation notes
 *
 * The JDK closes a shared arena in three steps: it marks the session closed, stops every thread once (some 20 microseconds) so
 * that no access that passed its check before is still under way, and frees the memory. Here the first step is the same, so every
 * access that happens after the close fails. The second is put off, and the third with it: the memory is not reused before.
 *
 * That is right only for memory that nobody but this arena frees. So the JDK's whole close runs where
 * - a resource is in the session that is not a block of ours (a cleanup action, a mapped file, a large block), or
 * - anybody asked for the scope: that is how reinterpret attaches memory of another owner, who may free it after the close.
 * The scope is marked as asked for before it is handed out, and that mark is read after the session was marked closed; whoever
 * asked for it in between finds the session closed.
 *
 * A block is in the session's resources before its segment exists. Where the session is closed by then, adding it fails,
 * and the block is freed by whoever allocated it.
 */
final class MetallocSharedArena extends RetiredArena implements Arena {

    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final ScopedMemoryAccess SCOPED_MEMORY = ScopedMemoryAccess.getScopedMemoryAccess();
    private static final long STATE = UNSAFE.objectFieldOffset(MemorySessionImpl.class, "state");
    private static final long ACQUIRE_COUNT = UNSAFE.objectFieldOffset(MemorySessionImpl.class, "acquireCount");
    private static final long FIRST = UNSAFE.objectFieldOffset(MemorySessionImpl.ResourceList.class, "fst");

    // The session's own values for "closed".
    private static final int CLOSED = -1;
    private static final int CLOSED_ACQUIRE_COUNT = -1;

    private static final long ALIGNMENT = 16;
    /** More is left to the JDK, so that sizes cannot overflow. */
    private static final long MOST_COPIED_BYTES = 1L << 40;
    /** Objects on the heap that a retired arena keeps alive, about. */
    private static final long HEAP_BYTES = 192;

    private final Arena arena;
    private final MemorySessionImpl session;
    private final RetiredArenas retired;
    private volatile boolean isScopeKnown;
    private ResourceCleanup blocks;
    private long heldBytes;

    MetallocSharedArena(Arena arena, RetiredArenas retired) {
        this.arena = arena;
        this.session = (MemorySessionImpl) arena.scope();
        this.retired = retired;
    }

    @Override
    public MemorySegment.Scope scope() {
        isScopeKnown = true;
        return session;
    }

    @Override
    @Hidden
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        if (byteSize >= 0 && isServed(byteAlignment)) {
            // The JDK gives blocks of size zero an address of their own too.
            long blockByteSize = Math.max(byteSize, 1);
            long address = MetallocArenaHooks.sharedAllocate(blockByteSize);
            if (address > 0) {
                ResidentPages.zero(address, blockByteSize);
                return entered(address, byteSize);
            }
            if (address == ServedSite.LEFT) {
                MetallocSiteHooks.enterLeft();
            }
        }
        return arena.allocate(byteSize, byteAlignment);
    }

    /** As the JDK's arenas do, zeroes nothing that is overwritten at once. */
    @Override
    @Hidden
    public MemorySegment allocateFrom(
            ValueLayout elementLayout,
            MemorySegment source,
            ValueLayout sourceElementLayout,
            long sourceOffset,
            long elementCount) {
        if (isCopied(elementLayout, source, sourceElementLayout, elementCount)) {
            long byteSize = elementLayout.byteSize() * elementCount;
            long address = MetallocArenaHooks.sharedAllocate(byteSize);
            if (address > 0) {
                MemorySegment segment = entered(address, byteSize);
                MemorySegment.copy(source, sourceElementLayout, sourceOffset, segment, elementLayout, 0, elementCount);
                return segment;
            }
            if (address == ServedSite.LEFT) {
                MetallocSiteHooks.enterLeft();
            }
        }
        return arena.allocateFrom(elementLayout, source, sourceElementLayout, sourceOffset, elementCount);
    }

    /** Whether a block is ours to give, and copying overwrites all of it or throws; whatever else is wrong the JDK is to say. */
    private static boolean isCopied(
            ValueLayout elementLayout, MemorySegment source, ValueLayout sourceElementLayout, long elementCount) {
        return elementLayout != null
                && source != null
                && sourceElementLayout != null
                && sourceElementLayout.byteSize() == elementLayout.byteSize()
                && isServed(elementLayout.byteAlignment())
                && elementCount > 0
                && elementCount <= MOST_COPIED_BYTES / elementLayout.byteSize();
    }

    /** The segment of a new block, which from now on is the arena's. */
    private MemorySegment entered(long address, long byteSize) {
        session.addOrCleanupIfFail(new MetallocPooledBlock(address, Math.max(byteSize, 1)));
        return MemorySegment.ofAddress(address).reinterpret(byteSize, arena, null);
    }

    private static boolean isServed(long byteAlignment) {
        return byteAlignment > 0 && byteAlignment <= ALIGNMENT && (byteAlignment & (byteAlignment - 1)) == 0;
    }

    @Override
    @Hidden
    public void close() {
        if (isScopeKnown || !UNSAFE.compareAndSetInt(session, ACQUIRE_COUNT, 0, CLOSED_ACQUIRE_COUNT)) {
            // Throws where it is closed already or an access holds it.
            arena.close();
            return;
        }
        UNSAFE.putIntVolatile(session, STATE, CLOSED);
        if (isScopeKnown || !takeBlocks()) {
            closeScope();
            session.resourceList.cleanup();
        } else if (blocks != null && !retired.retire(this)) {
            closeScope();
            release();
        }
    }

    /** Ends the session's list of resources and keeps what was in it, or changes nothing where not all of it is ours. */
    private boolean takeBlocks() {
        MemorySessionImpl.ResourceList list = session.resourceList;
        while (true) {
            ResourceCleanup first = (ResourceCleanup) UNSAFE.getReferenceVolatile(list, FIRST);
            long byteSize = MetallocPooledBlock.pooledBytes(first);
            if (byteSize < 0) {
                return false;
            }
            if (UNSAFE.compareAndSetReference(list, FIRST, first, ResourceCleanup.CLOSED_LIST)) {
                blocks = first;
                heldBytes = byteSize + HEAP_BYTES;
                return true;
            }
        }
    }

    @Override
    public long heldBytes() {
        return heldBytes;
    }

    @Override
    public void handshake() {
        MemorySessionImpl.createShared().close();
    }

    @Override
    public void closeScope() {
        SCOPED_MEMORY.closeScope(session, MemorySessionImpl.ALREADY_CLOSED);
    }

    @Override
    public void release() {
        for (ResourceCleanup block = blocks; block != null; block = block.next) {
            block.cleanup();
        }
        blocks = null;
    }
}
