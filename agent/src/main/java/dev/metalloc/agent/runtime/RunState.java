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
    public static @Nullable ServedEntry automaticArena;
    /** Netty's buffers: null, too, where Netty keeps them. */
    public static @Nullable ServedEntry netty;

    /** Frames of confined arenas; null where the plan leaves them to the JDK. */
    public static @Nullable FrameStacks frames;

    /** The sites that the plan tells apart; null where it tells none. */
    public static @Nullable ServedSites sites;

    /** Where closed shared arenas wait; null where the plan closes them as the JDK does. */
    public static @Nullable RetiredArenas retiredArenas;

    /** The one range of addresses that holds all blocks. */
    public static long rangeAddress;

    public static long rangeByteSize;

    /** Makes the allocators when memory is first asked for; null before there is a plan and when they are made. */
    public static volatile @Nullable StartGate gate;

    /** Whether any hook allocates; frees of our blocks go on working when it is off. */
    public static boolean allocating;

    // Which hooks allocate: one load and one test in each. Off, too, for what departed from its profile.
    private static boolean servesUnsafe;
    private static boolean servesDirectBuffer;
    private static boolean servesSharedArena;
    private static boolean servesConfinedArena;
    private static boolean servesAutomaticArena;
    private static boolean servesNetty;
    private static boolean servesFrames;
    private static boolean framesDeparted;

    private static final AtomicLong REFUSED_FREES = new AtomicLong();

    private RunState() {}

    /** Whether hooks may allocate; the first calls wait for the allocators to be made. So do those of other entry points. */
    public static boolean isServingUnsafe() {
        return servesUnsafe || (awaitStart() && servesUnsafe);
    }

    public static boolean isServingDirectBuffers() {
        return servesDirectBuffer || (awaitStart() && servesDirectBuffer);
    }

    public static boolean isServingSharedArenas() {
        return servesSharedArena || (awaitStart() && servesSharedArena);
    }

    public static boolean isServingConfinedArenas() {
        return servesConfinedArena || (awaitStart() && servesConfinedArena);
    }

    public static boolean isServingNetty() {
        return servesNetty || (awaitStart() && servesNetty);
    }

    public static boolean isServingAutomaticArenas() {
        return servesAutomaticArena || (awaitStart() && servesAutomaticArena);
    }

    public static boolean isServingFrames() {
        return servesFrames || (awaitStart() && servesFrames);
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

    /** Lets hooks allocate: all other fields are set. */
    public static void serve() {
        VarHandle.releaseFence();
        allocating = true;
        switchOn();
    }

    private static void switchOn() {
        servesUnsafe = mayServe(unsafe);
        servesDirectBuffer = mayServe(directBuffer);
        servesSharedArena = mayServe(sharedArena);
        servesConfinedArena = mayServe(confinedArena);
        servesAutomaticArena = mayServe(automaticArena);
        servesNetty = mayServe(netty);
        servesFrames = frames != null && !framesDeparted;
        switchSites(true);
    }

    private static boolean mayServe(@Nullable ServedEntry entry) {
        return entry != null && !entry.hasDeparted();
    }

    private static void switchOff() {
        servesUnsafe = false;
        servesDirectBuffer = false;
        servesSharedArena = false;
        servesConfinedArena = false;
        servesAutomaticArena = false;
        servesNetty = false;
        servesFrames = false;
        switchSites(false);
    }

    private static void switchSites(boolean isOn) {
        if (sites != null) {
            for (ServedSite site : sites.sites()) {
                site.serve(isOn && mayServe(site.entry()));
            }
        }
    }

    /** Stops allocating for good after a failure inside a hook. */
    public static void fail(Throwable failure) {
        Failsafe.trip(failure);
        allocating = false;
        switchOff();
    }

    /** Leaves new blocks to the JDK until {@link #resume}; memory that gets free goes back to the system as ever. */
    public static void pause() {
        switchOff();
    }

    /** Serves again, but not what departed from its profile, nor after a failure. */
    public static void resume() {
        if (allocating) {
            switchOn();
            if (!allocating) {
                switchOff(); // it failed meanwhile
            }
        }
    }

    /** Whether new blocks come from the entry. */
    public static boolean isServedBy(ServedEntry entry) {
        return (entry == unsafe && servesUnsafe)
                || (entry == directBuffer && servesDirectBuffer)
                || (entry == sharedArena && servesSharedArena)
                || (entry == confinedArena && servesConfinedArena)
                || (entry == automaticArena && servesAutomaticArena)
                || (entry == netty && servesNetty)
                || isServedAtSite(entry);
    }

    private static boolean isServedAtSite(ServedEntry entry) {
        ServedSite site = sites == null ? null : sites.siteOf(entry);
        return site != null && site.isServing();
    }

    /** Leaves new blocks to the JDK for good; calls that are under way may still be served. */
    public static void depart(ServedEntry entry) {
        entry.depart();
        // One at a time, and never back to true: a failure may switch all off meanwhile.
        if (entry == unsafe) {
            servesUnsafe = false;
        } else if (entry == directBuffer) {
            servesDirectBuffer = false;
        } else if (entry == sharedArena) {
            servesSharedArena = false;
        } else if (entry == confinedArena) {
            servesConfinedArena = false;
        } else if (entry == automaticArena) {
            servesAutomaticArena = false;
        } else if (entry == netty) {
            servesNetty = false;
        } else if (sites != null) {
            ServedSite site = sites.siteOf(entry);
            if (site != null) {
                site.serve(false);
            }
        }
    }

    public static boolean servesFrames() {
        return servesFrames;
    }

    /** Leaves new confined arenas to the JDK for good. */
    public static void departFrames() {
        framesDeparted = true;
        servesFrames = false;
    }

    public static boolean haveFramesDeparted() {
        return framesDeparted;
    }

    /** Frees a block of our range, whichever allocator handed it out; a refused free is counted, never obeyed. */
    public static void freeInRange(long address) {
        try {
            if (freed(unsafe, address)
                    || freed(directBuffer, address)
                    || freed(sharedArena, address)
                    || freed(confinedArena, address)
                    || freed(automaticArena, address)
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
