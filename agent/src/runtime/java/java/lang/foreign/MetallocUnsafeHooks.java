// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package java.lang.foreign;

import jdk.internal.foreign.MetallocRunHooks;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;

/**
 * What run mode puts into {@code sun.misc.Unsafe}: its module sees this package without being let into another one, which would cost a
 * start some milliseconds.
 *
 * <p>Any thread. Public for that class alone.
 */
@SuppressWarnings("exports") // its one caller is let into the internal Unsafe's package
public final class MetallocUnsafeHooks {

    private MetallocUnsafeHooks() {}

    @ForceInline
    @Hidden
    public static long unsafeAllocate(Unsafe unsafe, long byteSize) {
        return MetallocRunHooks.unsafeAllocate(unsafe, byteSize);
    }

    @ForceInline
    @Hidden
    public static void unsafeFree(Unsafe unsafe, long address) {
        MetallocRunHooks.unsafeFree(unsafe, address);
    }

    @ForceInline
    @Hidden
    public static long unsafeReallocate(Unsafe unsafe, long address, long byteSize) {
        return MetallocRunHooks.unsafeReallocate(unsafe, address, byteSize);
    }
}
