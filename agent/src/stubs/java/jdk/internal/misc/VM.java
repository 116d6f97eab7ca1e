// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.misc;

/** Compile-only: the members that the runtime calls; never shipped. */
public final class VM {
    public static native long maxDirectMemory();

    public static native String[] getRuntimeArguments();
}
