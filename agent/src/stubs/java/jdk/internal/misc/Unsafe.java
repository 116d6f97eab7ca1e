// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.misc;

import java.lang.reflect.Field;
import java.security.ProtectionDomain;

/** Compile-only: the members that the runtime calls; never shipped. */
public final class Unsafe {
    public static native Unsafe getUnsafe();

    public native long allocateMemory(long byteSize);

    public native long reallocateMemory(long address, long byteSize);

    public native void freeMemory(long address);

    public native void copyMemory(long from, long to, long byteSize);

    public native void setMemory(long address, long byteSize, byte value);

    public native long getLong(long address);

    public native void putLong(long address, long value);

    public native int getInt(long address);

    public native void putInt(long address, int value);

    public native byte getByte(long address);

    public native void putByte(long address, byte value);

    public native Class<?> defineClass(
            String name, byte[] bytes, int offset, int byteSize, ClassLoader loader, ProtectionDomain domain);

    public native long objectFieldOffset(Class<?> type, String name);

    public native long staticFieldOffset(Field field);

    public native Object staticFieldBase(Field field);

    public native Object allocateInstance(Class<?> type) throws InstantiationException;

    public native Object getReference(Object object, long offset);

    public native void putReference(Object object, long offset, Object value);

    public native long getAndSetLong(Object object, long offset, long value);

    public native boolean compareAndSetInt(Object object, long offset, int expected, int value);

    public native int getInt(Object object, long offset);

    public native void putInt(Object object, long offset, int value);

    public native void putIntVolatile(Object object, long offset, int value);

    public native boolean compareAndSetReference(Object object, long offset, Object expected, Object value);

    public native Object getReferenceVolatile(Object object, long offset);
}
