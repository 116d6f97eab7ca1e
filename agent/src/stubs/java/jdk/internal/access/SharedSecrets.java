// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.access;

/** Compile-only: the members that the runtime calls; never shipped. */
public final class SharedSecrets {
    private SharedSecrets() {}

    public static native JavaLangAccess getJavaLangAccess();

    public static native JavaNioAccess getJavaNioAccess();
}
