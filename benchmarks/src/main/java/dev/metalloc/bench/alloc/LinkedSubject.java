// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import dev.metalloc.bench.entry.UnsafeCalls;
import java.lang.invoke.MethodHandle;

/**
 * An allocator behind two method handles: a native library's through critical downcalls, or {@code sun.misc.Unsafe}'s.
 *
 * @param allocateHandle {@code (long byteSize) -> long}
 * @param freeHandle {@code (long address) -> void}
 */
record LinkedSubject(MethodHandle allocateHandle, MethodHandle freeHandle) implements Subject {

    static LinkedSubject unsafe() {
        return new LinkedSubject(UnsafeCalls.ALLOCATE, UnsafeCalls.FREE);
    }

    @Override
    public long allocate(long byteSize) {
        try {
            return (long) allocateHandle.invokeExact(byteSize);
        } catch (Throwable e) {
            throw new IllegalStateException("allocation failed", e);
        }
    }

    @Override
    public void free(long address) {
        try {
            freeHandle.invokeExact(address);
        } catch (Throwable e) {
            throw new IllegalStateException("free failed", e);
        }
    }
}
