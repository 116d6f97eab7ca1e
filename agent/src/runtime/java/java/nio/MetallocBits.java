// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package java.nio;

import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;

/** Reaches the JDK's account of direct memory, which this package keeps to itself. Any thread. */
public final class MetallocBits {

    private MetallocBits() {}

    /** Throws the JDK's own OutOfMemoryError where the limit is reached. */
    @ForceInline
    @Hidden
    public static void reserve(long byteSize, long capacity) {
        Bits.reserveMemory(byteSize, capacity);
    }

    @ForceInline
    @Hidden
    public static void unreserve(long byteSize, long capacity) {
        Bits.unreserveMemory(byteSize, capacity);
    }
}
