// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** The C library's malloc and its companions, linked when first called. Any thread. */
public final class NativeHeap {

    private static final MethodHandle MALLOC = Libc.linkCritical("malloc", FunctionDescriptor.of(Libc.LONG, Libc.LONG));
    /** Not critical: for large sizes it zeroes, which may take long. */
    private static final MethodHandle CALLOC =
            Libc.link("calloc", FunctionDescriptor.of(Libc.LONG, Libc.LONG, Libc.LONG));

    private static final MethodHandle ALIGNED_ALLOC =
            Libc.linkCritical("aligned_alloc", FunctionDescriptor.of(Libc.LONG, Libc.LONG, Libc.LONG));
    /** Not critical: it may copy. */
    private static final MethodHandle REALLOC =
            Libc.link("realloc", FunctionDescriptor.of(Libc.LONG, Libc.LONG, Libc.LONG));

    private static final MethodHandle FREE = Libc.linkCritical("free", FunctionDescriptor.ofVoid(Libc.LONG));
    private static final MethodHandle USABLE_SIZE =
            Libc.linkCritical("malloc_usable_size", FunctionDescriptor.of(Libc.LONG, Libc.LONG));

    private NativeHeap() {}

    public static long malloc(long byteSize) {
        try {
            return (long) MALLOC.invokeExact(byteSize);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    public static long calloc(long byteSize) {
        try {
            return (long) CALLOC.invokeExact(1L, byteSize);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    /** As C's aligned_alloc; {@code byteSize} is a multiple of the alignment. */
    public static long alignedAlloc(long byteAlignment, long byteSize) {
        try {
            return (long) ALIGNED_ALLOC.invokeExact(byteAlignment, byteSize);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    public static long realloc(long address, long byteSize) {
        try {
            return (long) REALLOC.invokeExact(address, byteSize);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    public static void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    public static long usableSize(long address) {
        try {
            return (long) USABLE_SIZE.invokeExact(address);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }
}
