// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.jspecify.annotations.Nullable;

/** Addresses of blocks that one thread freed of another's: written by the one, handed over, read by the other, and given back. */
final class RemoteFreeBatch {

    static final int MOST_BLOCKS = 64;
    /** Of large blocks fewer are kept back. */
    private static final long MOST_BYTES = 64 << 10;

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

    /** Writes a block down; false where it is the last for which there was room. */
    boolean add(long address, int blockBytes) {
        int place = count;
        addresses[place] = address;
        count = place + 1;
        byteSize += blockBytes;
        return place < MOST_BLOCKS - 1 && byteSize < MOST_BYTES;
    }

    /** The end of the addresses that lie in the slab of the one in a place, which may have got other blocks since. */
    int endOfRun(int from, Slab slab) {
        int to = from + 1;
        while (to < count && slab.spans(addresses[to])) {
            to++;
        }
        return to;
    }
}
