// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package java.lang.foreign;

import dev.metalloc.agent.runtime.LibraryDefault;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import java.lang.invoke.MethodHandles;
import jdk.internal.foreign.MetallocRunHooks;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What run mode's classes in Arrow's package call.
 *
 * <p>Any thread; nothing throws. In this package every loader's classes can see it, isolating ones too. Public for them alone.
 */
public final class MetallocArrowBuffers {

    private MetallocArrowBuffers() {}

    /** What serves, as a constant; not to be touched before {@link RunState} says that it serves. */
    private static final class Served {
        static final ServedEntry ARROW = RunState.arrow;
    }

    /** What Arrow's default factory is to be: one over its own choice, or that. */
    public static Object over(Object chosen, MethodHandles.Lookup arrow) {
        return LibraryDefault.ARROW.over(chosen, arrow);
    }

    /** Whether the plan's allocator is to be asked for memory of the size; a size that it does not serve counts as missed. */
    @ForceInline
    public static boolean serves(long byteSize) {
        try {
            return RunState.isServingArrow() && Served.ARROW.coversOrMisses(byteSize);
        } catch (Throwable noRoom) {
            return false; // on the heap or the stack: nothing was touched
        }
    }

    /** A block, or 0. */
    @ForceInline
    public static long allocate(long byteSize) {
        return RunState.isServingArrow() ? MetallocRunHooks.allocate(Served.ARROW, byteSize) : 0;
    }

    /** Takes a block back. */
    @ForceInline
    public static void free(long address) {
        MetallocRunHooks.freeOurs(Served.ARROW, address);
    }
}
