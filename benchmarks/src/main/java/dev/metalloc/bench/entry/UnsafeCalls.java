// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.entry;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;

/**
 * {@code sun.misc.Unsafe} through constant method handles, which the JIT compiles to the same calls; naming the class in
 * source would be a warning that nothing can suppress.
 */
public final class UnsafeCalls {

    private static final Object UNSAFE = unsafe();
    /** {@code (long byteSize) -> long address}. */
    public static final MethodHandle ALLOCATE = bound("allocateMemory", long.class, long.class);
    /** {@code (long address) -> void}. */
    public static final MethodHandle FREE = bound("freeMemory", void.class, long.class);

    private static final MethodHandle PUT_BYTE = bound("putByte", void.class, long.class, byte.class);
    private static final MethodHandle GET_BYTE = bound("getByte", byte.class, long.class);
    /** {@code (ByteBuffer direct) -> void}. */
    public static final MethodHandle INVOKE_CLEANER = bound("invokeCleaner", void.class, ByteBuffer.class);

    private UnsafeCalls() {}

    /** A block of so many bytes; answers its address. */
    public static long allocate(long byteSize) throws Throwable {
        return (long) ALLOCATE.invokeExact(byteSize);
    }

    public static void free(long address) throws Throwable {
        FREE.invokeExact(address);
    }

    static void putByte(long address, byte value) throws Throwable {
        PUT_BYTE.invokeExact(address, value);
    }

    static byte getByte(long address) throws Throwable {
        return (byte) GET_BYTE.invokeExact(address);
    }

    static void invokeCleaner(ByteBuffer buffer) throws Throwable {
        INVOKE_CLEANER.invokeExact(buffer);
    }

    private static Object unsafe() {
        try {
            Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no sun.misc.Unsafe", e);
        }
    }

    private static MethodHandle bound(String name, Class<?> result, Class<?>... parameters) {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(UNSAFE.getClass(), name, methodType(result, parameters))
                    .bindTo(UNSAFE);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no " + name + " in sun.misc.Unsafe", e);
        }
    }
}
