// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the dispatching hooks work with: set once, when the first hooked call asks for memory.
 *
 * <p>The hooks read the fields into constants after that. All memory of all allocators lies in one range, so that "is it
 * ours" is one comparison.
 */
public final class RunState {

    /** What serves each entry point; null where the plan leaves the entry point to the JDK. */
    public static @Nullable ServedEntry unsafe;

    public static @Nullable ServedEntry directBuffer;
    public static @Nullable ServedEntry sharedArena;
    public static @Nullable ServedEntry confinedArena;

    /** Frames of confined arenas; null where the plan leaves them to the JDK. */
    public static @Nullable FrameStacks frames;

    /** Where closed shared arenas wait; null where the plan closes them as the JDK does. */
    public static @Nullable RetiredArenas retiredArenas;

    /** The one range of addresses that holds all blocks. */
    public static long rangeAddress;

    public static long rangeByteSize;

    /** Makes the allocators when memory is first asked for; null before there is a plan and when they are made. */
    public static volatile @Nullable StartGate gate;

    /** Whether hooks allocate; frees of our blocks go on working when it is off. */
    public static boolean allocating;

    private static final AtomicLong REFUSED_FREES = new AtomicLong();

    private RunState() {}

    /** Whether hooks may allocate; the first calls wait for the allocators to be made. */
    public static boolean isServing() {
        return allocating || awaitStart();
    }

    private static boolean awaitStart() {
        StartGate waiting = gate;
        if (waiting == null) {
            return false;
        }
        waiting.await();
        return allocating;
    }

    /** Lets hooks allocate: all other fields are set. */
    public static void serve() {
        VarHandle.releaseFence();
        allocating = true;
    }

    /** Stops allocating for good after a failure inside a hook. */
    public static void fail(Throwable failure) {
        Failsafe.trip(failure);
        allocating = false;
    }

    /** Frees a block of our range, whichever allocator handed it out; a refused free is counted, never obeyed. */
    public static void freeInRange(long address) {
        try {
            if (freed(unsafe, address)
                    || freed(directBuffer, address)
                    || freed(sharedArena, address)
                    || freed(confinedArena, address)) {
                return;
            }
        } catch (Throwable failure) {
            fail(failure);
        }
        REFUSED_FREES.getAndIncrement();
    }

    /** Usable bytes of a live block of our range, or -1. */
    public static long usableSize(long address) {
        long byteSize = usableSize(unsafe, address);
        if (byteSize < 0) {
            byteSize = usableSize(directBuffer, address);
        }
        if (byteSize < 0) {
            byteSize = usableSize(sharedArena, address);
        }
        return byteSize < 0 ? usableSize(confinedArena, address) : byteSize;
    }

    private static long usableSize(@Nullable ServedEntry entry, long address) {
        return entry == null ? -1L : entry.usableSize(address);
    }

    private static boolean freed(@Nullable ServedEntry entry, long address) {
        return entry != null && entry.free(address);
    }

    /** Frees of addresses in our range where no block was live: double or interior frees of the application. */
    public static long refusedFreeCount() {
        return REFUSED_FREES.get();
    }
}
