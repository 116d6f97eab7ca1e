// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.DirectLedgers;
import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.FrameStacks;
import dev.metalloc.agent.runtime.RetiredArenas;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;
import jdk.internal.vm.annotation.Stable;

/**
 * What run mode puts where the JDK asked for memory: the plan's allocator, and the JDK's own call for all it does not serve.
 *
 * <p>Any thread. A block is freed by whoever allocated it: addresses in our range by us, all others by the JDK. An allocator that finds the Java
 * heap full is as it was before, and the JDK serves; after any other failure nobody uses it again. What may throw as the JDK does stands in no stack trace.
 */
public final class MetallocRunHooks {

    /** What frees blocks in a few instructions, known once one of ours was freed; a constant to the JIT from then on. */
    @Stable
    private static ServedEntry quickUnsafe;

    private MetallocRunHooks() {}

    /** What serves, as constants; not to be touched before {@link RunState} says that hooks serve. */
    static final class Served {
        static final ServedEntry UNSAFE = RunState.unsafe;
        static final ServedEntry DIRECT_BUFFER = RunState.directBuffer;
        static final ServedEntry SHARED_ARENA = RunState.sharedArena;
        static final ServedEntry CONFINED_ARENA = RunState.confinedArena;
        static final ServedEntry AUTOMATIC_ARENA = RunState.automaticArena;
        static final ServedEntry MALLOC_DOWNCALL = RunState.mallocDowncall;
        static final FrameStacks FRAMES = RunState.frames;
        static final RetiredArenas RETIRED = RunState.retiredArenas;
        static final DirectLedgers LEDGERS = RunState.directLedgers;
        static final boolean HAS_SITES = RunState.sites != null;
        static final ServedEntry SITE_0 = siteEntry(0);
        static final ServedEntry SITE_1 = siteEntry(1);
        static final ServedEntry SITE_2 = siteEntry(2);
        static final ServedEntry SITE_3 = siteEntry(3);

        private static ServedEntry siteEntry(int number) {
            return RunState.sites == null ? null : RunState.sites.entry(number);
        }
    }

    /** One test of the size for those most often asked for: a site's number makes a size that no rule covers. */
    @ForceInline
    @Hidden
    public static long unsafeAllocate(Unsafe unsafe, long byteSize) {
        long address = RunState.isServingUnsafe() ? allocateFirst(Served.UNSAFE, byteSize) : 0;
        return address != 0 ? address : unsafeAllocateElsewhere(unsafe, byteSize);
    }

    @ForceInline
    @Hidden
    private static long unsafeAllocateElsewhere(Unsafe unsafe, long byteSize) {
        if (byteSize < 0 && MetallocSiteHooks.isNumbered(byteSize)) {
            return MetallocSiteHooks.allocateNumbered(unsafe, byteSize);
        }
        return unsafeAllocateAnywhere(unsafe, byteSize);
    }

    /** By the rules for all sites. */
    @ForceInline
    @Hidden
    static long unsafeAllocateAnywhere(Unsafe unsafe, long byteSize) {
        long address = RunState.isServingUnsafe() ? allocate(Served.UNSAFE, byteSize) : 0;
        return address != 0 ? address : unsafe.allocateMemory(byteSize);
    }

    @ForceInline
    @Hidden
    public static void unsafeFree(Unsafe unsafe, long address) {
        ServedEntry likely = quickUnsafe;
        if (likely == null || !freeFast(likely, address)) {
            unsafeFreeElsewhere(unsafe, address);
        }
    }

    @Hidden
    private static void unsafeFreeElsewhere(Unsafe unsafe, long address) {
        if (isOurs(address)) {
            if (quickUnsafe == null) {
                quickUnsafe = Served.UNSAFE;
            }
            freeOurs(Served.UNSAFE, address);
        } else {
            unsafe.freeMemory(address);
        }
    }

    @Hidden
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
    static boolean hasSites() {
        return RunState.isStarted() && Served.HAS_SITES;
    }

    @ForceInline
    static boolean isOurs(long address) {
        long offset = address - RunState.rangeAddress;
        return offset >= 0 && offset < RunState.rangeByteSize;
    }

    /** A block, or 0; nothing throws. Public for classes of ours in other packages, as is {@link #freeOurs}. */
    @ForceInline
    public static long allocate(ServedEntry entry, long byteSize) {
        try {
            Failsafe.faultPoint();
            return entry.allocate(byteSize);
        } catch (OutOfMemoryError fullHeap) {
            return 0;
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return 0;
        }
    }

    @ForceInline
    private static long allocateFirst(ServedEntry entry, long byteSize) {
        try {
            Failsafe.faultPoint();
            return entry.allocateFirst(byteSize);
        } catch (OutOfMemoryError fullHeap) {
            return 0;
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return 0;
        }
    }

    /** False where nothing was done, the address being perhaps none of ours. */
    @ForceInline
    static boolean freeFast(ServedEntry entry, long address) {
        try {
            return entry.freeFast(address);
        } catch (OutOfMemoryError fullHeap) {
            return true; // some bytes are lost, and no more
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return true;
        }
    }

    /** Frees a block of our range; the entry named is the one that most likely handed it out. */
    @ForceInline
    public static void freeOurs(ServedEntry likely, long address) {
        if (RunState.isTorn()) {
            return;
        }
        try {
            if (Served.HAS_SITES ? freeAtSites(likely, address) : likely != null && likely.free(address)) {
                return;
            }
        } catch (OutOfMemoryError fullHeap) {
            return; // some bytes are lost, and no more
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return;
        }
        RunState.freeInRange(address);
    }

    /** Each entry stands by itself, so that its calls are bound; whoever comes after the fourth is found by a search. */
    @ForceInline
    private static boolean freeAtSites(ServedEntry likely, long address) {
        if (Served.SITE_0 != null && Served.SITE_0.owns(address)) {
            return Served.SITE_0.free(address);
        }
        if (Served.SITE_1 != null && Served.SITE_1.owns(address)) {
            return Served.SITE_1.free(address);
        }
        if (Served.SITE_2 != null && Served.SITE_2.owns(address)) {
            return Served.SITE_2.free(address);
        }
        if (Served.SITE_3 != null && Served.SITE_3.owns(address)) {
            return Served.SITE_3.free(address);
        }
        return likely != null && likely.owns(address) && likely.free(address);
    }

    @Hidden
    private static long reallocateOurs(Unsafe unsafe, long address, long byteSize) {
        // First: without it a failure below would lose what is in the block.
        long usableBytes = usableSize(address);
        try {
            Failsafe.faultPoint();
            ServedEntry owner = RunState.sites == null ? null : RunState.sites.owner(address);
            if (owner != null || RunState.isServingUnsafe()) {
                long moved = (owner == null ? Served.UNSAFE : owner).reallocate(address, byteSize);
                if (moved != 0) {
                    return moved;
                }
            }
        } catch (OutOfMemoryError fullHeap) {
            // The block is where it was.
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
        }
        long fresh = unsafe.allocateMemory(byteSize);
        if (usableBytes > 0) {
            unsafe.copyMemory(address, fresh, Math.min(usableBytes, byteSize));
        }
        RunState.freeInRange(address);
        return fresh;
    }

    /** The block resized, perhaps elsewhere, or 0: it then lives on. */
    static long reallocate(ServedEntry entry, long address, long byteSize) {
        try {
            Failsafe.faultPoint();
            return entry.reallocate(address, byteSize);
        } catch (OutOfMemoryError fullHeap) {
            return 0;
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return 0;
        }
    }

    /** Usable bytes of a block, or -1; where that cannot be known the block can neither move nor grow. */
    @Hidden
    static long usableSize(long address) {
        try {
            return RunState.usableSize(address);
        } catch (StackOverflowError failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            throw failure;
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            throw new OutOfMemoryError("the size of the block is not known any more");
        }
    }
}
