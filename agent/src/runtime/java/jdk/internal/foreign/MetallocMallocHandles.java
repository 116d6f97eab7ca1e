// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.profiler.api.EntryPoint;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;

/**
 * Records what goes through downcall handles of malloc, calloc, realloc and free.
 *
 * <p>A handle is recognised by its symbol's address. Handles of another shape than the C declaration (captured call state,
 * the symbol as an argument) are left as they are: their calls are not seen.
 */
final class MetallocMallocHandles {

    private static final int ENTRY_POINT = EntryPoint.MALLOC_DOWNCALL.ordinal();

    private static final long MALLOC = addressOf("malloc");
    private static final long CALLOC = addressOf("calloc");
    private static final long REALLOC = addressOf("realloc");
    private static final long FREE = addressOf("free");

    private MetallocMallocHandles() {}

    private static long addressOf(String symbol) {
        SymbolLookup lookup = Linker.nativeLinker().defaultLookup();
        Optional<MemorySegment> found = lookup.find(symbol);
        return found.isPresent() ? found.get().address() : -1L;
    }

    static MethodHandle recorded(MethodHandle handle, MemorySegment symbol, FunctionDescriptor function)
            throws ReflectiveOperationException {
        long address = symbol.address();
        MethodType type = handle.type();
        if (address == MALLOC && type.parameterCount() == 1) {
            return around(handle, "malloc", MethodType.methodType(long.class, MethodHandle.class, long.class));
        }
        if (address == CALLOC && type.parameterCount() == 2) {
            return around(
                    handle, "calloc", MethodType.methodType(long.class, MethodHandle.class, long.class, long.class));
        }
        if (address == REALLOC && type.parameterCount() == 2) {
            return around(
                    handle, "realloc", MethodType.methodType(long.class, MethodHandle.class, long.class, long.class));
        }
        if (address == FREE && type.parameterCount() == 1) {
            return around(handle, "free", MethodType.methodType(void.class, MethodHandle.class, long.class));
        }
        return handle;
    }

    /** Calls the method of this class that is named, with the handle as its first argument, and keeps the handle's type. */
    private static MethodHandle around(MethodHandle handle, String name, MethodType recorderType)
            throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodHandle onLongs = convert(lookup, handle, recorderType.dropParameterTypes(0, 1));
        MethodHandle recorder = lookup.findStatic(MetallocMallocHandles.class, name, recorderType);
        return convert(lookup, recorder.bindTo(onLongs), handle.type());
    }

    /** Turns addresses into segments and back where the two types differ. */
    private static MethodHandle convert(MethodHandles.Lookup lookup, MethodHandle handle, MethodType wanted)
            throws ReflectiveOperationException {
        MethodHandle toSegment = lookup.findStatic(
                MemorySegment.class, "ofAddress", MethodType.methodType(MemorySegment.class, long.class));
        MethodHandle toAddress = lookup.findVirtual(MemorySegment.class, "address", MethodType.methodType(long.class));
        MethodHandle converted = handle;
        for (int i = 0; i < wanted.parameterCount(); i++) {
            Class<?> has = converted.type().parameterType(i);
            Class<?> needs = wanted.parameterType(i);
            if (has == MemorySegment.class && needs == long.class) {
                converted = MethodHandles.filterArguments(converted, i, toSegment);
            } else if (has == long.class && needs == MemorySegment.class) {
                converted = MethodHandles.filterArguments(converted, i, toAddress);
            }
        }
        Class<?> answers = converted.type().returnType();
        if (answers == MemorySegment.class && wanted.returnType() == long.class) {
            converted = MethodHandles.filterReturnValue(converted, toAddress);
        } else if (answers == long.class && wanted.returnType() == MemorySegment.class) {
            converted = MethodHandles.filterReturnValue(converted, toSegment);
        }
        return MethodHandles.explicitCastArguments(converted, wanted);
    }

    private static long malloc(MethodHandle handle, long byteSize) throws Throwable {
        long address = (long) handle.invokeExact(byteSize);
        if (address != 0) {
            MetallocProfileHooks.allocated(ENTRY_POINT, address, byteSize, 0);
        }
        return address;
    }

    private static long calloc(MethodHandle handle, long count, long byteSize) throws Throwable {
        long address = (long) handle.invokeExact(count, byteSize);
        if (address != 0) {
            MetallocProfileHooks.allocated(ENTRY_POINT, address, count * byteSize, MetallocProfileHooks.ZEROED);
        }
        return address;
    }

    private static long realloc(MethodHandle handle, long address, long byteSize) throws Throwable {
        if (address == 0) {
            long fresh = (long) handle.invokeExact(0L, byteSize);
            if (fresh != 0) {
                MetallocProfileHooks.allocated(ENTRY_POINT, fresh, byteSize, 0);
            }
            return fresh;
        }
        long token = MetallocProfileHooks.beginReallocate(ENTRY_POINT, address);
        long moved = (long) handle.invokeExact(address, byteSize);
        MetallocProfileHooks.endReallocate(ENTRY_POINT, token, address, moved, byteSize);
        return moved;
    }

    private static void free(MethodHandle handle, long address) throws Throwable {
        MetallocProfileHooks.freed(ENTRY_POINT, address);
        handle.invokeExact(address);
    }
}
