// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.LinkingClass;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import dev.metalloc.allocators.source.ResidentPages;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import jdk.internal.foreign.MetallocRunHooks.Served;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;
import jdk.internal.vm.annotation.Stable;

/**
 * Downcall handles of malloc's family behind which our allocator stands.
 *
 * <p>Any thread. A block of malloc may be passed to native code that frees it, which would end the process where it is ours. So only handles
 * are exchanged whose class is known to free all of its blocks through handles of its own; what our allocator does not serve,
 * and what is not ours, goes to the JDK's handle.
 */
/* Implementation notes
 *
 * What allocates is exchanged where the handle is plain only. What frees or resizes is exchanged in any shape once its class may have blocks
 * of ours; before that a shape that is not plain bars the class from ever getting one (MetallocBlockKeeper).
 *
 * The JDK's handle is bound to the method that stands in for it, so both are constants where the caller's handle is one.
 */
final class MetallocServedHandles {

    private static final Unsafe JDK = Unsafe.getUnsafe();

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final MethodType ALLOCATE =
            MethodType.methodType(long.class, MetallocBlockKeeper.class, MethodHandle.class, long.class);
    private static final MethodType OF_ADDRESS = MethodType.methodType(void.class, long.class);

    /** What frees blocks in a few instructions, known once one of ours was freed; a constant to the JIT from then on. */
    @Stable
    private static ServedEntry quick;

    private MetallocServedHandles() {}

    /** The C library's own, for blocks of ours that outgrow our allocators. */
    private static final class Library {
        static final MethodHandle MALLOC = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().find("malloc").orElseThrow(),
                        FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    }

    static MethodHandle of(
            MethodHandle handle, MemorySegment symbol, FunctionDescriptor descriptor, Linker.Option[] options)
            throws ReflectiveOperationException {
        int function = MetallocMallocFunctions.at(symbol.address());
        if (function == MetallocMallocFunctions.NONE) {
            return handle;
        }
        Class<?> linking = LinkingClass.find();
        if (linking == null || !LinkingClass.keepsBlocks(linking)) {
            return handle;
        }
        MetallocBlockKeeper keeper = MetallocBlockKeeper.of(linking);
        boolean isPlain = MetallocMallocFunctions.isPlain(function, handle.type(), descriptor, options);
        boolean allocates = function == MetallocMallocFunctions.MALLOC || function == MetallocMallocFunctions.CALLOC;
        if (allocates) {
            return isPlain ? allocating(keeper, handle) : handle;
        }
        if (keeper.isBarred() || (!isPlain && !keeper.barUnlessServed())) {
            return handle;
        }
        if (function == MetallocMallocFunctions.REALLOC) {
            return guarded(
                    handle, handle.type().parameterCount() - 2, method("reallocateOurs", long.class, long.class));
        }
        MethodHandle freeing = freeing(handle);
        keeper.linkedFree();
        return freeing;
    }

    private static MethodHandle method(String name, Class<?> answer, Class<?>... rest)
            throws ReflectiveOperationException {
        MethodType type = MethodType.methodType(answer, long.class);
        return LOOKUP.findStatic(MetallocServedHandles.class, name, type.appendParameterTypes(rest));
    }

    /** Of segments only the address matters: the C library's has no size either. */
    private static MethodHandle allocating(MetallocBlockKeeper keeper, MethodHandle handle)
            throws ReflectiveOperationException {
        boolean isZeroed = handle.type().parameterCount() == 2;
        boolean answersSegment = handle.type().returnType() == MemorySegment.class;
        MethodHandle library = answersSegment ? MethodHandles.filterReturnValue(handle, addressOfSegment()) : handle;
        MethodHandle served = LOOKUP.findStatic(
                MetallocServedHandles.class,
                isZeroed ? "allocateZeroed" : "allocate",
                isZeroed ? ALLOCATE.appendParameterTypes(long.class) : ALLOCATE);
        MethodHandle bound = MethodHandles.insertArguments(served, 0, keeper, library);
        return answersSegment ? MethodHandles.filterReturnValue(bound, segmentOfAddress()) : bound;
    }

    private static MethodHandle addressOfSegment() throws ReflectiveOperationException {
        return LOOKUP.findVirtual(MemorySegment.class, "address", MethodType.methodType(long.class));
    }

    private static MethodHandle segmentOfAddress() throws ReflectiveOperationException {
        return LOOKUP.findStatic(
                MemorySegment.class, "ofAddress", MethodType.methodType(MemorySegment.class, long.class));
    }

    private static MethodHandle freeing(MethodHandle handle) throws ReflectiveOperationException {
        if (handle.type().equals(OF_ADDRESS)) {
            MethodHandle served = LOOKUP.findStatic(
                    MetallocServedHandles.class,
                    "free",
                    MethodType.methodType(void.class, MethodHandle.class, long.class));
            return served.bindTo(handle);
        }
        return guarded(handle, handle.type().parameterCount() - 1, method("freeOurs", void.class));
    }

    /**
     * Calls what is there for our blocks, which takes the pointer and what follows it, instead of the handle; arguments that the JDK will refuse
     * go to its handle.
     */
    private static MethodHandle guarded(MethodHandle handle, int pointerIndex, MethodHandle forOurs)
            throws ReflectiveOperationException {
        MethodType type = handle.type();
        if (pointerIndex < 0 || !MetallocMallocFunctions.isPointer(type.parameterType(pointerIndex))) {
            return handle; // of 32 bits, say: no address of ours goes through it
        }
        MethodHandle test = method("isOurs", boolean.class);
        MethodHandle ours = forOurs;
        if (type.parameterType(pointerIndex) == MemorySegment.class) {
            MethodHandle toAddress = LOOKUP.findStatic(
                    MetallocMallocFunctions.class,
                    "usableAddress",
                    MethodType.methodType(long.class, MemorySegment.class));
            test = MethodHandles.filterArguments(test, 0, toAddress);
            ours = MethodHandles.filterArguments(ours, 0, toAddress);
        }
        if (type.returnType() == MemorySegment.class && ours.type().returnType() == long.class) {
            ours = MethodHandles.filterReturnValue(ours, segmentOfAddress());
        }
        List<Class<?>> before = type.parameterList().subList(0, pointerIndex);
        return MethodHandles.guardWithTest(
                MethodHandles.dropArguments(test, 0, before),
                MethodHandles.explicitCastArguments(MethodHandles.dropArguments(ours, 0, before), type),
                handle);
    }

    @ForceInline
    @Hidden
    private static long allocate(MetallocBlockKeeper keeper, MethodHandle library, long byteSize) throws Throwable {
        long address = keeper.isServed() && RunState.isServingMallocDowncalls()
                ? MetallocRunHooks.allocate(Served.MALLOC_DOWNCALL, byteSize)
                : 0;
        return address != 0 ? address : (long) library.invokeExact(byteSize);
    }

    @ForceInline
    @Hidden
    private static long allocateZeroed(MetallocBlockKeeper keeper, MethodHandle library, long count, long byteSize)
            throws Throwable {
        long address = keeper.isServed() && RunState.isServingMallocDowncalls() && isProduct(count, byteSize)
                ? MetallocRunHooks.allocate(Served.MALLOC_DOWNCALL, count * byteSize)
                : 0;
        if (address == 0) {
            return (long) library.invokeExact(count, byteSize);
        }
        ResidentPages.zero(address, count * byteSize);
        return address;
    }

    private static boolean isProduct(long count, long byteSize) {
        return (count | byteSize | count * byteSize) >= 0 && Math.multiplyHigh(count, byteSize) == 0;
    }

    @ForceInline
    @Hidden
    private static void free(MethodHandle library, long address) throws Throwable {
        ServedEntry likely = quick;
        if (likely != null && MetallocRunHooks.freeFast(likely, address)) {
            return;
        }
        if (MetallocRunHooks.isOurs(address)) {
            freeOurs(address);
        } else {
            library.invokeExact(address);
        }
    }

    private static boolean isOurs(long address) {
        return MetallocRunHooks.isOurs(address);
    }

    private static void freeOurs(long address) {
        if (quick == null) {
            quick = Served.MALLOC_DOWNCALL;
        }
        MetallocRunHooks.freeOurs(Served.MALLOC_DOWNCALL, address);
    }

    /** As the C library: size 0 frees, and where there is no memory the block lives on. */
    @Hidden
    private static long reallocateOurs(long address, long byteSize) throws Throwable {
        if (byteSize == 0) {
            freeOurs(address);
            return 0;
        }
        // First: without it a failure below would lose what is in the block.
        long usableBytes = MetallocRunHooks.usableSize(address);
        long moved = byteSize > 0 && RunState.isServingMallocDowncalls()
                ? MetallocRunHooks.reallocate(Served.MALLOC_DOWNCALL, address, byteSize)
                : 0;
        if (moved != 0) {
            return moved;
        }
        long fresh = (long) Library.MALLOC.invokeExact(byteSize);
        if (fresh != 0) {
            if (usableBytes > 0) {
                JDK.copyMemory(address, fresh, Math.min(usableBytes, byteSize));
            }
            RunState.freeInRange(address);
        }
        return fresh;
    }
}
