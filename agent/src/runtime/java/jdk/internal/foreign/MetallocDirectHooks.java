// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.BufferOwners;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import dev.metalloc.allocators.source.ResidentPages;
import dev.metalloc.profiler.api.EntryPoint;
import java.nio.MetallocBits;
import java.nio.MetallocBufferCleaner;
import java.util.concurrent.atomic.AtomicLong;
import jdk.internal.access.JavaLangRefAccess;
import jdk.internal.foreign.MetallocRunHooks.Served;
import jdk.internal.misc.Unsafe;
import jdk.internal.ref.Cleaner;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;
import jdk.internal.vm.annotation.Stable;

/**
 * What run mode puts into direct buffers: their memory, the account of all of it, their zeroing and their cleaners.
 *
 * <p>Any thread. What may throw as the JDK does stands in no stack trace.
 */
public final class MetallocDirectHooks {

    private static final Unsafe JDK = Unsafe.getUnsafe();
    private static final long SET_MEMORY_PIECE = 1L << 20;

    /** What frees blocks in a few instructions, known once one of ours was freed; a constant to the JIT from then on. */
    @Stable
    private static ServedEntry quickDirectBuffer;

    private MetallocDirectHooks() {}

    @ForceInline
    @Hidden
    public static long directAllocate(Unsafe unsafe, long byteSize) {
        long address =
                MetallocRunHooks.hasSites() ? MetallocSiteHooks.pendingAllocate(EntryPoint.DIRECT_BUFFER, byteSize) : 0;
        if (address == 0 && RunState.isServingDirectBuffers()) {
            address = MetallocRunHooks.allocate(Served.DIRECT_BUFFER, byteSize);
        }
        return address > 0 ? address : unsafe.allocateMemory(byteSize);
    }

    /** Reserves what a direct buffer is to have; throws as the JDK does. */
    @ForceInline
    @Hidden
    public static void directReserve(long byteSize, long capacity) {
        if (RunState.directLedgers == null || byteSize != capacity || !Served.LEDGERS.take(byteSize)) {
            reserveAtJdk(byteSize, capacity);
        }
    }

    @DontInline
    @Hidden
    private static void reserveAtJdk(long byteSize, long capacity) {
        long advance = RunState.directLedgers == null || byteSize != capacity ? 0 : Served.LEDGERS.advance(byteSize);
        if (advance > 0) {
            try {
                MetallocBits.reserve(byteSize + advance, capacity + advance);
                Served.LEDGERS.add(advance);
                return;
            } catch (OutOfMemoryError e) {
                // Others took it meanwhile; the buffer alone may still find room.
            }
        }
        MetallocBits.reserve(byteSize, capacity);
    }

    @ForceInline
    public static void directUnreserve(long byteSize, long capacity) {
        if (RunState.directLedgers == null || byteSize != capacity || !Served.LEDGERS.keep(byteSize)) {
            MetallocBits.unreserve(byteSize, capacity);
        }
    }

    /** The JDK found no room and waits for what the collector frees: what threads hold in advance it is to have before it tries again. */
    @Hidden
    public static boolean directAwait(JavaLangRefAccess references) throws InterruptedException {
        if (RunState.directLedgers != null) {
            Served.LEDGERS.recall();
        }
        return references.waitForReferenceProcessing();
    }

    /** What the buffer pool says of bytes. */
    public static long directBytes(AtomicLong reserved) {
        return RunState.directLedgers == null ? reserved.get() : reserved.get() - Served.LEDGERS.creditBytes();
    }

    /** What the buffer pool says of buffers. */
    public static long directCount(AtomicLong count) {
        return RunState.directLedgers == null ? count.get() : count.get() + Served.LEDGERS.bufferCount();
    }

    @ForceInline
    public static Cleaner directCleaner(Object buffer, Runnable task) {
        if (RunState.directLedgers == null) {
            return Cleaner.create(buffer, task);
        }
        BufferOwners owners = Served.LEDGERS.owners();
        Cleaner cleaner = owners == null ? null : MetallocBufferCleaner.create(buffer, task, owners);
        return cleaner == null ? Cleaner.create(buffer, task) : cleaner;
    }

    @ForceInline
    public static void directFree(Unsafe unsafe, long address) {
        ServedEntry likely = quickDirectBuffer;
        if (likely == null || !MetallocRunHooks.freeFast(likely, address)) {
            directFreeElsewhere(unsafe, address);
        }
    }

    private static void directFreeElsewhere(Unsafe unsafe, long address) {
        if (MetallocRunHooks.isOurs(address)) {
            if (quickDirectBuffer == null) {
                quickDirectBuffer = Served.DIRECT_BUFFER;
            }
            MetallocRunHooks.freeOurs(Served.DIRECT_BUFFER, address);
        } else {
            unsafe.freeMemory(address);
        }
    }

    /** Zeroes a new direct buffer, in pieces as the JDK does: nobody waits long for a safepoint. */
    @ForceInline
    public static void directZero(long address, long byteSize, byte zero) {
        if (MetallocRunHooks.isOurs(address)) {
            ResidentPages.zero(address, byteSize);
        } else {
            for (long done = 0; done < byteSize; done += SET_MEMORY_PIECE) {
                JDK.setMemory(address + done, Math.min(SET_MEMORY_PIECE, byteSize - done), zero);
            }
        }
    }

    @ForceInline
    public static void directZeroByUnsafe(Unsafe unsafe, long address, long byteSize, byte zero) {
        directZero(address, byteSize, zero);
    }
}
