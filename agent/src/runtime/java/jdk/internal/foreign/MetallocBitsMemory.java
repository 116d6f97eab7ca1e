// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.DirectLedgers;
import dev.metalloc.agent.runtime.ReservedMemory;
import java.lang.reflect.Field;
import java.nio.MetallocBits;
import java.util.concurrent.atomic.AtomicLong;
import jdk.internal.misc.Unsafe;
import jdk.internal.misc.VM;

/** The account that {@code java.nio.Bits} keeps. Any thread. */
final class MetallocBitsMemory extends ReservedMemory {

    /** Under smaller limits nothing is reserved in advance. */
    private static final long LEAST_LIMIT_BYTES = 64L << 20;
    /** An eighth is to be left. */
    private static final int AMPLE_SHIFT = 3;

    private final AtomicLong totalCapacity;

    private MetallocBitsMemory(AtomicLong totalCapacity) {
        this.totalCapacity = totalCapacity;
    }

    /** The threads' ledgers, or null where this JDK's account has another shape. */
    static DirectLedgers ledgers() {
        try {
            Unsafe unsafe = Unsafe.getUnsafe();
            Field field = Class.forName("java.nio.Bits", true, null).getDeclaredField("TOTAL_CAPACITY");
            Object value = unsafe.getReference(unsafe.staticFieldBase(field), unsafe.staticFieldOffset(field));
            return value instanceof AtomicLong total ? new DirectLedgers(new MetallocBitsMemory(total)) : null;
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    @Override
    public boolean isAmple() {
        long limit = VM.maxDirectMemory();
        return limit >= LEAST_LIMIT_BYTES && limit - totalCapacity.get() > limit >> AMPLE_SHIFT;
    }

    @Override
    public void giveBack(long byteSize) {
        // As a buffer that comes and one that goes: no more and no fewer of them than before.
        MetallocBits.reserve(0, 0);
        MetallocBits.unreserve(byteSize, byteSize);
    }

    @Override
    public void handshake() {
        MemorySessionImpl.createShared().close();
    }
}
