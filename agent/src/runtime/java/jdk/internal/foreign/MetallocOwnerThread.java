// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import jdk.internal.access.JavaLangAccess;
import jdk.internal.access.SharedSecrets;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Tells which platform thread is running: the carrier, where a virtual thread runs.
 *
 * <p>Takes the place of the allocators' own class of that name, which has no access to carriers.
 */
public final class MetallocOwnerThread {

    private static final JavaLangAccess LANG = SharedSecrets.getJavaLangAccess();

    private MetallocOwnerThread() {}

    @ForceInline
    public static Thread current() {
        return LANG.currentCarrierThread();
    }

    @ForceInline
    public static long currentId() {
        return LANG.currentCarrierThread().threadId();
    }
}
