// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;

/** The application's {@code sun.misc.Unsafe}, through handles: naming it would not compile without warnings. */
final class RawMemory {

    private static final MethodHandle ALLOCATE = bound("allocateMemory", long.class, long.class);
    private static final MethodHandle REALLOCATE = bound("reallocateMemory", long.class, long.class, long.class);
    private static final MethodHandle FREE = bound("freeMemory", void.class, long.class);
    private static final MethodHandle SET = bound("setMemory", void.class, long.class, long.class, byte.class);
    private static final MethodHandle GET_BYTE = bound("getByte", byte.class, long.class);
    private static final MethodHandle GET_LONG = bound("getLong", long.class, long.class);
    private static final MethodHandle PUT_LONG = bound("putLong", void.class, long.class, long.class);
    private static final MethodHandle CLEAN = bound("invokeCleaner", void.class, ByteBuffer.class);

    private RawMemory() {}

    private static MethodHandle bound(String name, Class<?> result, Class<?>... parameters) {
        try {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field field = type.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return MethodHandles.lookup()
                    .findVirtual(type, name, MethodType.methodType(result, parameters))
                    .bindTo(field.get(null));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static long allocate(long byteSize) {
        try {
            return (long) ALLOCATE.invokeExact(byteSize);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static long reallocate(long address, long byteSize) {
        try {
            return (long) REALLOCATE.invokeExact(address, byteSize);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static void fill(long address, long byteSize, byte value) {
        try {
            SET.invokeExact(address, byteSize, value);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static byte byteAt(long address) {
        try {
            return (byte) GET_BYTE.invokeExact(address);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static long longAt(long address) {
        try {
            return (long) GET_LONG.invokeExact(address);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static void putLong(long address, long value) {
        try {
            PUT_LONG.invokeExact(address, value);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static void clean(ByteBuffer buffer) {
        try {
            CLEAN.invokeExact(buffer);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
