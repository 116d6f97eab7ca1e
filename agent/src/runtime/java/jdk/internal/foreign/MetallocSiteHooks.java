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
 * sun.misc.Unsafe.allocateMemory. The site's allocator is asked at the call, where its number is a constant, and what it answered is
 * passed on in the place of the size: a tag in the upper 16 bits, which make every such size an invalid one, and below it the block's
 * address, or the size where the plan leaves the site to the JDK. So the call itself stays, with the JDK's own checks of whether the
 * caller may use Unsafe, its place in stack traces, and no branch in the application's code. The hook inside takes the tag off.
 *
 * Direct buffers and arenas. Their arguments cannot carry an answer; the number of the site waits in a slot of the thread's for the hook
 * inside to take it: some ten nanoseconds where the JDK's own part costs fifty, none where nothing is told apart.
 *
 * The tables are null until the allocators are made; then the JIT takes them, and what is in them, for constants.
 */
public final class MetallocSiteHooks {

    private static final int TAG_SHIFT = 48;
    private static final long ADDRESS_TAG = 0xA5B6L;
    private static final long LEFT_TAG = ADDRESS_TAG + 1;
    private static final long VALUE_MASK = (1L << TAG_SHIFT) - 1;

    @Stable
    private static ServedSite[] unsafe;

    @Stable
    private static ServedSites table;

    private MetallocSiteHooks() {}

    @ForceInline
    public static long unsafeSize(long byteSize, int site) {
        ServedSite[] sites = unsafe;
        if (sites == null) {
            sites = open();
        }
        return sites == null || byteSize >>> TAG_SHIFT != 0 ? byteSize : answer(sites[site], byteSize);
    }

    @ForceInline
    private static long answer(ServedSite site, long byteSize) {
        long address = allocate(site, byteSize);
        if (address > 0) {
            return ADDRESS_TAG << TAG_SHIFT | address;
        }
        return address == 0 ? byteSize : LEFT_TAG << TAG_SHIFT | byteSize;
    }

    @ForceInline
    private static long allocate(ServedSite site, long byteSize) {
        if (site == null) {
            return 0;
        }
        try {
            Failsafe.faultPoint();
            return site.allocate(byteSize);
        } catch (Throwable failure) {
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

    /** Whether a site's answer stands in the place of the size. */
    @ForceInline
    static boolean isAnswer(long byteSize) {
        return byteSize >> (TAG_SHIFT + 1) == ((short) ADDRESS_TAG) >> 1;
    }

    /** Makes the block that the answer speaks of. */
    @ForceInline
    @Hidden
    static long settle(Unsafe jdk, long answer) {
        long value = answer & VALUE_MASK;
        if (answer >>> TAG_SHIFT != ADDRESS_TAG) {
            return jdk.allocateMemory(value);
        }
        // A size that nobody answered with: the JDK says what is wrong with it.
        return MetallocRunHooks.isOurs(value) ? value : jdk.allocateMemory(answer);
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
