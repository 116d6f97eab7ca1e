// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.PendingSites;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedSite;
import dev.metalloc.agent.runtime.ServedSites;
import dev.metalloc.profiler.api.EntryPoint;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;
import jdk.internal.vm.annotation.Stable;

/**
 * Serves the calling sites that a plan tells apart.
 *
 * <p>Any thread; nothing throws but what the JDK's own call does.
 */
/* Implementation notes
 *
 * sun.misc.Unsafe.allocateMemory. The site's number goes in the size's upper bits, below a tag that makes every such size an invalid one. So the
 * call itself stays, with the JDK's own checks of whether the caller may use Unsafe before anything is allocated, its place in stack traces, and
 * no branch in the application's code. The hook inside takes number and size apart; where call and hook are compiled together the number is a
 * constant there, and so is the allocator behind it. Numbers and sizes only: whoever invents such a size is given a new block, or the JDK's exception.
 *
 * Direct buffers and arenas. Their arguments cannot carry an answer; the number of the site waits in a slot of the thread's for the hook
 * inside to take it: some ten nanoseconds where the JDK's own part costs fifty, none where nothing is told apart.
 *
 * The tables are null until the allocators are made; then the JIT takes them, and what is in them, for constants.
 */
public final class MetallocSiteHooks {

    private static final int TAG_SHIFT = 48;
    private static final long TAG = 0xA5B6L << TAG_SHIFT;
    private static final int SITE_SHIFT = 38;
    private static final int SITE_MASK = (1 << (TAG_SHIFT - SITE_SHIFT)) - 1;
    private static final long SIZE_MASK = (1L << SITE_SHIFT) - 1;

    @Stable
    private static ServedSite[] unsafe;

    @Stable
    private static ServedSites table;

    private MetallocSiteHooks() {}

    /** The size with the site's number, or as it is where the number makes no difference or has no room. */
    @ForceInline
    public static long unsafeSize(long byteSize, int site) {
        ServedSite[] sites = unsafe;
        if (sites == null) {
            sites = open();
        }
        if (sites == null || sites[site] == null || (byteSize & ~SIZE_MASK) != 0) {
            return byteSize;
        }
        return TAG + ((long) site << SITE_SHIFT) + (byteSize & SIZE_MASK);
    }

    @ForceInline
    private static long allocate(ServedSite site, long byteSize) {
        if (site == null) {
            return 0;
        }
        try {
            Failsafe.faultPoint();
            return site.allocate(byteSize);
        } catch (OutOfMemoryError fullHeap) {
            return 0;
        } catch (Throwable failure) {
            RunState.serving = RunState.TORN;
            RunState.fail(failure);
            return 0;
        }
    }

    /** Null where there are no sites. */
    private static ServedSite[] open() {
        if (!RunState.isStarted()) {
            return null;
        }
        ServedSites sites = RunState.sites;
        if (sites == null) {
            return null;
        }
        table = sites;
        unsafe = sites.ofEntryPoint(EntryPoint.UNSAFE);
        return unsafe;
    }

    /** Whether the size has a site's number in it. */
    @ForceInline
    static boolean isNumbered(long byteSize) {
        return byteSize >> TAG_SHIFT == TAG >> TAG_SHIFT;
    }

    /** A block for the site whose number is in the size. */
    @ForceInline
    @Hidden
    static long allocateNumbered(Unsafe jdk, long numbered) {
        ServedSite[] sites = unsafe;
        int number = (int) (numbered >> SITE_SHIFT) & SITE_MASK;
        if (sites == null || number >= sites.length || sites[number] == null) {
            // A number that nobody was given: the JDK says what is wrong with such a size.
            return jdk.allocateMemory(numbered);
        }
        long byteSize = numbered & SIZE_MASK;
        long address = allocateAt(sites, number, byteSize);
        if (address == 0) {
            return MetallocRunHooks.unsafeAllocateAnywhere(jdk, byteSize);
        }
        return address > 0 ? address : jdk.allocateMemory(byteSize);
    }

    /** The first sites stand by themselves, so that their calls are bound even where the number is no constant. */
    @ForceInline
    private static long allocateAt(ServedSite[] sites, int number, long byteSize) {
        if (number == 1) {
            return allocate(sites[1], byteSize);
        }
        if (number == 2) {
            return allocate(sites[2], byteSize);
        }
        return number == 3 ? allocate(sites[3], byteSize) : allocate(sites[number], byteSize);
    }

    @ForceInline
    public static void enter(int site) {
        PendingSites.enter(site);
    }

    /** The thread's next call that asks for memory is to go to the JDK. */
    static void enterLeft() {
        PendingSites.enter(PendingSites.LEFT);
    }

    @ForceInline
    public static void leave() {
        PendingSites.leave();
    }

    /** A block for the site that the thread is calling from, {@link ServedSite#LEFT}, or 0 where it calls from none that the plan names. */
    @ForceInline
    static long pendingAllocate(EntryPoint entryPoint, long byteSize) {
        ServedSites sites = table;
        return sites == null && open() == null ? 0 : allocatePending(entryPoint, byteSize);
    }

    private static long allocatePending(EntryPoint entryPoint, long byteSize) {
        int site = PendingSites.take();
        if (site == 0 || site == PendingSites.LEFT) {
            return site == 0 ? 0 : ServedSite.LEFT;
        }
        return allocate(table.ofEntryPoint(entryPoint)[site], byteSize);
    }
}
