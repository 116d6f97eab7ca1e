// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package java.lang.foreign;

import jdk.internal.foreign.MetallocSiteHooks;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What run mode puts beside the calls of an application's methods that its policy tells apart.
 *
 * <p>Any thread; nothing throws. In this package every loader's classes can see it, isolating ones too. Public for them alone.
 */
public final class MetallocSites {

    private MetallocSites() {}

    /** The size to pass to {@code Unsafe.allocateMemory}: as it was, or the site's answer in the place of it. */
    @ForceInline
    public static long unsafeSize(long byteSize, int site) {
        return MetallocSiteHooks.unsafeSize(byteSize, site);
    }

    /** A call from the site follows. */
    @ForceInline
    public static void enter(int site) {
        MetallocSiteHooks.enter(site);
    }

    /** It has returned. */
    @ForceInline
    public static void leave() {
        MetallocSiteHooks.leave();
    }
}
