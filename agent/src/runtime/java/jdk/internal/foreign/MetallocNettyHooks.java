// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.LibraryDefault;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import jdk.internal.access.SharedSecrets;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Serves run mode's classes in Netty's package.
 *
 * <p>Any thread; nothing throws.
 */
public final class MetallocNettyHooks {

    private MetallocNettyHooks() {}

    /** What serves, as a constant; not to be touched before {@link RunState} says that it serves. */
    private static final class Served {
        static final ServedEntry NETTY = RunState.netty;
    }

    /** What Netty's default allocator is to be: one over its own choice, or that. */
    public static Object over(Object chosen, MethodHandles.Lookup netty) {
        return LibraryDefault.NETTY.over(chosen, netty);
    }

    /** Whether a buffer of the size comes from the plan's allocator. */
    @ForceInline
    public static boolean serves(int byteSize) {
        return RunState.isServingNetty() && Served.NETTY.covers(byteSize);
    }

    /** A block, or 0. */
    @ForceInline
    public static long allocate(int byteSize) {
        return RunState.isServingNetty() ? MetallocRunHooks.allocate(Served.NETTY, byteSize) : 0;
    }

    /** Takes a block back. */
    @ForceInline
    public static void free(long address) {
        MetallocRunHooks.freeOurs(Served.NETTY, address);
    }

    /** The block as a direct buffer that owns nothing. */
    @ForceInline
    public static ByteBuffer view(long address, int byteSize) {
        return SharedSecrets.getJavaNioAccess().newDirectByteBuffer(address, byteSize, null, null);
    }
}
