// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import static jdk.internal.foreign.MetallocMallocFunctions.isPointer;

import dev.metalloc.agent.runtime.LinkingClass;
import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.record.RecorderRegistry;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Collections;

/**
 * Records what goes through downcall handles of malloc, calloc, realloc and free.
 *
 * <p>A handle is recognised by its symbol's address. Handles of another shape than the C declaration (captured call state,
 * the symbol as an argument, pointers that are neither segments nor longs) are left as they are: their calls are not seen.
 *
 * <p>The JDK's handle gets the caller's own segments, whose scope, thread and kind it checks, and its answer goes to the caller. What it
 * will refuse is not recorded.
 */
final class MetallocMallocHandles {

    private static final int ENTRY_POINT = EntryPoint.MALLOC_DOWNCALL.ordinal();

    private MetallocMallocHandles() {}

    static MethodHandle recorded(
            MethodHandle handle, MemorySegment symbol, FunctionDescriptor descriptor, Linker.Option[] options)
            throws ReflectiveOperationException {
        int function = MetallocMallocFunctions.at(symbol.address());
        MethodHandle recorded = function == MetallocMallocFunctions.NONE ? handle : recorded(handle, function);
        if (recorded == handle || isKeepers(function, handle.type(), descriptor, options)) {
            return recorded;
        }
        MethodType nothing = MethodType.methodType(void.class);
        return MethodHandles.foldArguments(
                recorded, MethodHandles.lookup().findStatic(MetallocMallocHandles.class, "calledByOthers", nothing));
    }

    /** Whether run mode would let our allocator stand behind the handle. */
    private static boolean isKeepers(
            int function, MethodType type, FunctionDescriptor descriptor, Linker.Option[] options) {
        Class<?> linking = LinkingClass.find();
        return linking != null
                && LinkingClass.keepsBlocks(linking)
                && MetallocMallocFunctions.isPlain(function, type, descriptor, options);
    }

    private static MethodHandle recorded(MethodHandle handle, int function) throws ReflectiveOperationException {
        MethodType type = handle.type();
        int count = type.parameterCount();
        if (function == MetallocMallocFunctions.MALLOC && count == 1 && isPointer(type.returnType())) {
            return recordedAfter(handle, "allocated");
        }
        if (function == MetallocMallocFunctions.CALLOC && count == 2 && isPointer(type.returnType())) {
            return recordedAfter(handle, "allocatedZeroed");
        }
        if (function == MetallocMallocFunctions.REALLOC
                && count == 2
                && isPointer(type.returnType())
                && isPointer(type.parameterType(0))) {
            return recordedAround(handle);
        }
        if (function == MetallocMallocFunctions.FREE && count == 1 && isPointer(type.parameterType(0))) {
            return MethodHandles.foldArguments(handle, recorder("freed", type.changeReturnType(void.class)));
        }
        return handle;
    }

    /** Calls the handle, then the method of this class that is named, with the answer before the arguments. */
    private static MethodHandle recordedAfter(MethodHandle handle, String name) throws ReflectiveOperationException {
        MethodType type = handle.type();
        Class<?> answers = type.returnType();
        MethodHandle recorder =
                recorder(name, type.insertParameterTypes(0, answers).changeReturnType(void.class));
        MethodHandle answer = MethodHandles.dropArguments(MethodHandles.identity(answers), 1, type.parameterList());
        return MethodHandles.foldArguments(MethodHandles.foldArguments(answer, recorder), handle);
    }

    private static MethodHandle recordedAround(MethodHandle handle) throws ReflectiveOperationException {
        MethodType type = MethodType.methodType(Object.class, MethodHandle.class, Object.class, long.class);
        MethodHandle around = MethodHandles.lookup().findStatic(MetallocMallocHandles.class, "reallocate", type);
        MethodHandle general = MethodHandles.explicitCastArguments(
                        handle, handle.type().changeParameterType(1, long.class))
                .asType(type.dropParameterTypes(0, 1));
        return MethodHandles.explicitCastArguments(
                around.bindTo(general).asType(handle.type().changeParameterType(1, long.class)), handle.type());
    }

    /** The method of this class that is named, which takes longs: of a segment its address. */
    private static MethodHandle recorder(String name, MethodType wanted) throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodType longs = MethodType.methodType(void.class, Collections.nCopies(wanted.parameterCount(), long.class));
        MethodHandle recorder = lookup.findStatic(MetallocMallocHandles.class, name, longs);
        MethodHandle toAddress = lookup.findStatic(
                MetallocMallocFunctions.class, "usableAddress", MethodType.methodType(long.class, MemorySegment.class));
        for (int i = 0; i < wanted.parameterCount(); i++) {
            if (wanted.parameterType(i) == MemorySegment.class) {
                recorder = MethodHandles.filterArguments(recorder, i, toAddress);
            }
        }
        return MethodHandles.explicitCastArguments(recorder, wanted);
    }

    private static void calledByOthers() {
        RecorderRegistry recording = ProfileState.recording;
        if (recording != null) {
            recording.calledByOthers(ENTRY_POINT);
        }
    }

    private static void allocated(long address, long byteSize) {
        if (address != 0) {
            MetallocProfileHooks.allocated(ENTRY_POINT, address, byteSize, 0);
        }
    }

    private static void allocatedZeroed(long address, long count, long byteSize) {
        if (address != 0) {
            MetallocProfileHooks.allocated(ENTRY_POINT, address, count * byteSize, MetallocProfileHooks.ZEROED);
        }
    }

    private static void freed(long address) {
        MetallocProfileHooks.freed(ENTRY_POINT, address);
    }

    /** Pointers are segments or longs; of the general type, since the answer need not be of the argument's. */
    private static Object reallocate(MethodHandle handle, Object pointer, long byteSize) throws Throwable {
        long address = address(pointer);
        if (address == 0) {
            Object fresh = (Object) handle.invokeExact(pointer, byteSize);
            allocated(address(fresh), byteSize);
            return fresh;
        }
        long token = MetallocProfileHooks.beginReallocate(ENTRY_POINT, address);
        Object moved = null;
        try {
            moved = (Object) handle.invokeExact(pointer, byteSize);
        } finally {
            // Without an answer, the stack overflowed, say, the old block lives on.
            MetallocProfileHooks.endReallocate(
                    ENTRY_POINT, token, address, address(moved), moved == null ? Math.max(1, byteSize) : byteSize);
        }
        return moved;
    }

    private static long address(Object pointer) {
        if (pointer instanceof MemorySegment segment) {
            return MetallocMallocFunctions.usableAddress(segment);
        }
        return pointer instanceof Long address ? address : 0;
    }
}
