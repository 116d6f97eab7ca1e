// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package java.nio;

/** Compile-only: the members that the runtime calls; never shipped. */
class Bits {
    static native void reserveMemory(long byteSize, long capacity);

    static native void unreserveMemory(long byteSize, long capacity);
}
