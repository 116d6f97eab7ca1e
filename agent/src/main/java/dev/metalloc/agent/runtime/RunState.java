// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.lang.invoke.VarHandle;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
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
    public static @Nullable ServedEntry automaticArena;
    /** Netty's buffers: null, too, where Netty keeps them. */
    public static @Nullable ServedEntry netty;
    /** Arrow's buffers: null, too, where Arrow keeps them. */
    public static @Nullable ServedEntry arrow;

    /** Blocks of malloc that whoever links it frees himself. */
    public static @Nullable ServedEntry mallocDowncall;

    /** Frames of confined arenas; null where the plan leaves them to the JDK. */
    public static @Nullable FrameStacks frames;

    /** Classes that may have linked malloc and free before the hooks were in; null for none. */
    private static volatile @Nullable Map<Class<?>, Boolean> earlierClasses;

    /** The sites that the plan tells apart; null where it tells none. */
    public static @Nullable ServedSites sites;

    /** Where closed shared arenas wait; null where the plan closes them as the JDK does. */
    public static @Nullable RetiredArenas retiredArenas;

    /** Parts of the account of direct memory; null before hooks serve, and where the JDK keeps it alone. */
    public static @Nullable DirectLedgers directLedgers;

    /** The one range of addresses that holds all blocks. */
    public static long rangeAddress;

    public static long rangeByteSize;

    /** Makes the allocators when memory is first asked for; null before there is a plan and when they are made. */
    public static volatile @Nullable StartGate gate;

    /** Whether any hook allocates; frees of our blocks go on working when it is off. */
    public static boolean allocating;

    /**
     * Set by a hook in which something was thrown, before it calls {@link #fail}: where the stack has ended no call may succeed, and what is
     * torn must not be used.
     */
    public static final int TORN = 1 << 31;

    private static final int UNSAFE = 1;
    private static final int DIRECT_BUFFER = 2;
    private static final int SHARED_ARENA = 4;
    private static final int CONFINED_ARENA = 8;
    private static final int AUTOMATIC_ARENA = 16;
    private static final int NETTY = 32;
    private static final int FRAMES = 64;
    private static final int SITES = 128;
    private static final int MALLOC_DOWNCALL = 256;
    private static final int ARROW = 512;

    /** Which hooks allocate, or {@link #TORN}: one load and one test in each. Off, too, for what departed from its profile, but for sites. */
    public static int serving;

    private static boolean framesDeparted;
    private static boolean hasStackEnded;

    private static final AtomicLong REFUSED_FREES = new AtomicLong();

    private RunState() {}

    /** Whether hooks may allocate; the first calls wait for the allocators to be made. So do those of other entry points. */
    public static boolean isServingUnsafe() {
        return (serving & UNSAFE) != 0 || (awaitStart() && (serving & UNSAFE) != 0);
    }

    public static boolean isServingDirectBuffers() {
        return (serving & DIRECT_BUFFER) != 0 || (awaitStart() && (serving & DIRECT_BUFFER) != 0);
    }

    public static boolean isServingSharedArenas() {
        return (serving & SHARED_ARENA) != 0 || (awaitStart() && (serving & SHARED_ARENA) != 0);
    }

    public static boolean isServingConfinedArenas() {
        return (serving & CONFINED_ARENA) != 0 || (awaitStart() && (serving & CONFINED_ARENA) != 0);
    }

    public static boolean isServingNetty() {
        return (serving & NETTY) != 0 || (awaitStart() && (serving & NETTY) != 0);
    }

    public static boolean isServingArrow() {
        return (serving & ARROW) != 0 || (awaitStart() && (serving & ARROW) != 0);
    }

    public static boolean isServingAutomaticArenas() {
        return (serving & AUTOMATIC_ARENA) != 0 || (awaitStart() && (serving & AUTOMATIC_ARENA) != 0);
    }

    public static boolean isServingMallocDowncalls() {
        return (serving & MALLOC_DOWNCALL) != 0 || (awaitStart() && (serving & MALLOC_DOWNCALL) != 0);
    }

    public static boolean isServingFrames() {
        return (serving & FRAMES) != 0 || (awaitStart() && (serving & FRAMES) != 0);
    }

    /** Notes the classes that were there before the hooks; a free that one of them has linked knows nothing of our blocks. */
    public static void noteEarlier(Map<Class<?>, Boolean> classes) {
        earlierClasses = Collections.synchronizedMap(new WeakHashMap<>(classes));
    }

    static boolean mayHaveLinkedBefore(Class<?> type) {
        Map<Class<?>, Boolean> earlier = earlierClasses;
        return earlier != null && earlier.containsKey(type);
    }

    /** Whether there are allocators at all; the first calls wait for them. */
    public static boolean isStarted() {
        return allocating || awaitStart();
    }

    /** False where the allocators were made, or failed to be, before this call. */
    private static boolean awaitStart() {
        StartGate waiting = gate;
        if (waiting == null) {
            return false;
        }
        waiting.await();
        return allocating;
    }

    /**
     * Lets hooks allocate: all other fields are set.
     *
     * @param ledgers null where the JDK is to keep the account of direct memory alone
     */
    public static synchronized void serve(@Nullable DirectLedgers ledgers) {
        VarHandle.releaseFence();
        directLedgers = ledgers;
        allocating = true;
        switchOn();
    }

    private static void switchOn() {
        int all = bit(unsafe, UNSAFE)
                | bit(directBuffer, DIRECT_BUFFER)
                | bit(sharedArena, SHARED_ARENA)
                | bit(confinedArena, CONFINED_ARENA)
                | bit(automaticArena, AUTOMATIC_ARENA)
                | bit(netty, NETTY)
                | bit(arrow, ARROW)
                | bit(mallocDowncall, MALLOC_DOWNCALL);
        setServing(all | (frames != null && !framesDeparted ? FRAMES : 0) | (sites == null ? 0 : SITES));
    }

    private static int bit(@Nullable ServedEntry entry, int bit) {
        return entry != null && !entry.hasDeparted() ? bit : 0;
    }

    /** Whoever changes some bits holds the lock. A failure, which waits for none, may switch all off meanwhile, and must not be forgotten. */
    private static void setServing(int bits) {
        serving = bits;
        VarHandle.fullFence();
        if (!allocating) {
            serving = hasStackEnded ? TORN : 0;
        }
    }

    /** Whether the stack ended inside an allocator: then none is touched any more, and its blocks stay where they are. */
    public static boolean isTorn() {
        return serving == TORN;
    }

    /** Stops allocating for good after a failure inside a hook. */
    public static void fail(Throwable failure) {
        // Fields first: there may be room for this call and for no other.
        if (failure instanceof StackOverflowError) {
            hasStackEnded = true;
        }
        allocating = false;
        serving = hasStackEnded ? TORN : 0;
        Failsafe.trip(failure);
    }

    /** Leaves new blocks to the JDK until {@link #resume}; memory that gets free goes back to the system as ever. */
    public static synchronized void pause() {
        setServing(0);
    }

    /** Serves again, but not what departed from its profile, nor after a failure. */
    public static synchronized void resume() {
        if (allocating) {
            switchOn();
        }
    }

    /** Whether any new blocks are ours. */
    public static boolean isServing() {
        int bits = serving;
        return bits != 0 && bits != TORN;
    }

    /** Whether new blocks come from the entry. */
    public static boolean isServedBy(ServedEntry entry) {
        int bit = bitOf(entry);
        return bit == 0 ? isServedAtSite(entry) : (serving & bit) != 0;
    }

    /** The entry's bit, or 0 where it is a site's. */
    private static int bitOf(ServedEntry entry) {
        if (entry == unsafe) {
            return UNSAFE;
        }
        if (entry == directBuffer) {
            return DIRECT_BUFFER;
        }
        if (entry == sharedArena) {
            return SHARED_ARENA;
        }
        if (entry == confinedArena) {
            return CONFINED_ARENA;
        }
        if (entry == automaticArena) {
            return AUTOMATIC_ARENA;
        }
        if (entry == mallocDowncall) {
            return MALLOC_DOWNCALL;
        }
        if (entry == netty) {
            return NETTY;
        }
        return entry == arrow ? ARROW : 0;
    }

    /** Whether sites have allocators of their own, and these serve. */
    static boolean isServingSites() {
        return (serving & SITES) != 0;
    }

    private static boolean isServedAtSite(ServedEntry entry) {
        return isServingSites() && sites != null && sites.siteOf(entry) != null && !entry.hasDeparted();
    }

    /** Leaves new blocks to the JDK for good; calls that are under way may still be served. */
    public static synchronized void depart(ServedEntry entry) {
        entry.depart();
        setServing(serving & ~bitOf(entry));
    }

    public static boolean servesFrames() {
        return (serving & FRAMES) != 0;
    }

    /** Leaves new confined arenas to the JDK for good. */
    public static synchronized void departFrames() {
        framesDeparted = true;
        setServing(serving & ~FRAMES);
    }

    public static boolean haveFramesDeparted() {
        return framesDeparted;
    }

    /** Frees a block of our range, whichever allocator handed it out; a refused free is counted, never obeyed. */
    public static void freeInRange(long address) {
        if (isTorn()) {
            return;
        }
        try {
            if (freed(unsafe, address)
                    || freed(directBuffer, address)
                    || freed(sharedArena, address)
                    || freed(confinedArena, address)
                    || freed(automaticArena, address)
                    || freed(mallocDowncall, address)
                    || freed(sites == null ? null : sites.owner(address), address)) {
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
        if (byteSize < 0) {
            byteSize = usableSize(confinedArena, address);
        }
        if (byteSize < 0) {
            byteSize = usableSize(automaticArena, address);
        }
        if (byteSize < 0) {
            byteSize = usableSize(mallocDowncall, address);
        }
        return byteSize < 0 && sites != null ? usableSize(sites.owner(address), address) : byteSize;
    }

    private static long usableSize(@Nullable ServedEntry entry, long address) {
        return entry == null ? -1L : entry.usableSize(address);
    }

    private static boolean freed(@Nullable ServedEntry entry, long address) {
        return entry != null && entry.owns(address) && entry.free(address);
    }

    /** Frees of addresses in our range where no block was live: double or interior frees of the application. */
    public static long refusedFreeCount() {
        return REFUSED_FREES.get();
    }
}
