// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.RunState;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/** What run mode puts where the JDK's linker makes a handle of a native function. Any thread. */
public final class MetallocDowncallHooks {

    private MetallocDowncallHooks() {}

    /** The handle itself, or, where the plan says so, one of malloc's family that our allocator stands behind. */
    public static MethodHandle downcall(
            MethodHandle handle, MemorySegment symbol, FunctionDescriptor function, Linker.Option[] options) {
        try {
            Failsafe.faultPoint();
            // None is of ours before somebody links what may allocate, and no free may go unseen that is linked before
            // that.
            boolean mayBeServed =
                    RunState.rangeByteSize != 0 || (isLikeMallocOrFree(handle.type()) && RunState.isStarted());
            return mayBeServed ? MetallocServedHandles.of(handle, symbol, function, options) : handle;
        } catch (VirtualMachineError exhausted) {
            throw exhausted; // as the JDK, to which a handle costs more: else a block of ours might not find its way
            // back
        } catch (Throwable failure) {
            RunState.fail(failure);
            return handle;
        }
    }

    /** Whether a handle is of the shape of malloc, calloc, or free. */
    private static boolean isLikeMallocOrFree(MethodType type) {
        int count = type.parameterCount();
        if (count == 0 || count > 2) {
            return false;
        }
        Class<?> last = type.lastParameterType();
        Class<?> answer = type.returnType();
        return answer == void.class
                ? last == long.class || last == MemorySegment.class
                : last == long.class && (answer == long.class || answer == MemorySegment.class);
    }
}
