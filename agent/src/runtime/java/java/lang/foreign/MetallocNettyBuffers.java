// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package java.lang.foreign;

import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import jdk.internal.foreign.MetallocNettyHooks;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What run mode's classes in Netty's package call.
 *
 * <p>Any thread; nothing throws. In this package every loader's classes can see it, isolating ones too. Public for them alone.
 */
public final class MetallocNettyBuffers {

    private MetallocNettyBuffers() {}

    /** What Netty's default allocator is to be: one over its own choice, or that. */
    public static Object over(Object chosen, MethodHandles.Lookup netty) {
        return MetallocNettyHooks.over(chosen, netty);
    }

    /** Whether a buffer of the size comes from the plan's allocator. */
    @ForceInline
    public static boolean serves(int byteSize) {
        return MetallocNettyHooks.serves(byteSize);
    }

    /** A block, or 0. */
    @ForceInline
    public static long allocate(int byteSize) {
        return MetallocNettyHooks.allocate(byteSize);
    }

    /** Takes a block back. */
    @ForceInline
    public static void free(long address) {
        MetallocNettyHooks.free(address);
    }

    /** The block as a direct buffer that owns nothing. */
    @ForceInline
    public static ByteBuffer view(long address, int byteSize) {
        return MetallocNettyHooks.view(address, byteSize);
    }
}
