// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package java.lang.foreign;

import jdk.internal.foreign.MetallocBufferRecords;

/**
 * What profile mode puts into the allocators of libraries that cut buffers out of chunks of their own.
 *
 * <p>Any thread; nothing throws. In this package every loader's classes can see it, isolating ones too. Public for them alone.
 */
public final class MetallocBufferHooks {

    private MetallocBufferHooks() {}

    /** A buffer was cut. */
    public static void nettyAllocated(Object buffer, int byteSize) {
        MetallocBufferRecords.nettyAllocated(buffer, byteSize);
    }

    /** A buffer goes back to its pool. */
    public static void nettyFreed(Object buffer, boolean direct) {
        if (direct) {
            MetallocBufferRecords.nettyFreed(buffer);
        }
    }

    /** A buffer will be cut anew, in another size. */
    public static void nettyReallocated(Object buffer, boolean direct, int byteSize) {
        if (direct) {
            MetallocBufferRecords.nettyReallocated(buffer, byteSize);
        }
    }

    /** A buffer was allocated; the manager is what owns it to its end. */
    public static void arrowAllocated(Object manager, long byteSize) {
        MetallocBufferRecords.arrowAllocated(manager, byteSize);
    }

    /** Nobody refers to a buffer any more. */
    public static void arrowFreed(Object manager) {
        MetallocBufferRecords.arrowFreed(manager);
    }
}
