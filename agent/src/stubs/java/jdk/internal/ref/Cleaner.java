// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.ref;

import java.lang.ref.PhantomReference;

/** Compile-only: the members that the runtime calls; never shipped. */
public class Cleaner extends PhantomReference<Object> {
    /** Private in the JDK: not to be called. */
    protected Cleaner(Object referent, Runnable thunk) {
        super(referent, null);
    }

    public static native Cleaner create(Object referent, Runnable thunk);

    public native void clean();
}
