// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;

/**
 * The JDK's raw memory: {@code sun.misc.Unsafe} through constant method handles, which the compiler turns into the same calls; to name
 * the class in source would be a warning that nothing can suppress.
 */
final class UnsafeTarget implements ReplayTarget {

    private static final Object UNSAFE = unsafe();
    private static final MethodHandle ALLOCATE = bound("allocateMemory", long.class, long.class);
    private static final MethodHandle REALLOCATE = bound("reallocateMemory", long.class, long.class, long.class);
    private static final MethodHandle SET = bound("setMemory", void.class, long.class, long.class, byte.class);
    private static final MethodHandle FREE = bound("freeMemory", void.class, long.class);

    private static Object unsafe() {
        try {
            Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no sun.misc.Unsafe in this JDK", e);
        }
    }

    private static MethodHandle bound(String name, Class<?> result, Class<?>... parameters) {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(UNSAFE.getClass(), name, methodType(result, parameters))
                    .bindTo(UNSAFE);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no " + name + " in this JDK's sun.misc.Unsafe", e);
        }
    }

    @Override
    public long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        try {
            // For no bytes it answers 0, which is no address: callers ask for the least there is.
            long address = (long) ALLOCATE.invokeExact(Math.max(1, byteSize));
            if (zeroed) {
                // As the JDK does for arenas and direct buffers.
                SET.invokeExact(address, byteSize, (byte) 0);
            }
            return address;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long reallocate(long address, long byteSize) {
        try {
            return (long) REALLOCATE.invokeExact(address, Math.max(1, byteSize));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static RuntimeException unexpected(Throwable e) {
        return new IllegalStateException("sun.misc.Unsafe failed: " + e.getMessage(), e);
    }

    /** Nobody can tell. */
    @Override
    public long usableSize(long address) {
        return -1;
    }

    @Override
    public void close() {}
}
