// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.access;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Compile-only: the members that the runtime calls; never shipped. */
public interface JavaNioAccess {
    ByteBuffer newDirectByteBuffer(long address, int capacity, Object attachment, MemorySegment segment);
}
