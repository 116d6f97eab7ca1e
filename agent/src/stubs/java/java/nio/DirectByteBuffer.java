// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package java.nio;

/** Compile-only: the members that the runtime calls; never shipped. */
abstract class DirectByteBuffer {
    /** Compile-only. */
    record Deallocator(long address, long size, int capacity) implements Runnable {
        @Override
        public void run() {}
    }
}
