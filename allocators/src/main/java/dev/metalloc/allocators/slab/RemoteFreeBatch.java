// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.jspecify.annotations.Nullable;

/** Addresses of blocks that one thread freed of another's: written by the one, handed over, read by the other, and given back. */
final class RemoteFreeBatch {

    static final int MOST_BLOCKS = 64;

    final long[] addresses = new long[MOST_BLOCKS];
    /** Whose batch it is: where it goes back to. */
    final RemoteFreeBatches home;

    int count;
    long byteSize;

    @Nullable
    RemoteFreeBatch next;

    RemoteFreeBatch(RemoteFreeBatches home) {
        this.home = home;
    }
}
