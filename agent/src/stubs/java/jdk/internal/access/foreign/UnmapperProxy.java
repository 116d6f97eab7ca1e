// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.access.foreign;

/** Compile-only: the members that the runtime calls; never shipped. */
public interface UnmapperProxy {
    long address();
}
