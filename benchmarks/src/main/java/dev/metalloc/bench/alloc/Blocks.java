// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

/**
 * Numbered places for blocks of the one subject of this JVM.
 *
 * <p>This is what benchmarks allocate through: our allocators, Unsafe and malloc name a block by its address, Netty by a buffer
 * object, and each keeps what it names blocks by in an array, as its callers would. Not thread-safe; may be handed from thread
 * to thread, and places may be used by several threads where their order is seen to.
 */
abstract class Blocks {

    private final int count;

    Blocks(int count) {
        this.count = count;
    }

    final int count() {
        return count;
    }

    /**
     * Allocates a block into an empty place and returns its address.
     *
     * @throws IllegalStateException where the subject has no memory for it
     */
    abstract long allocate(int place, long byteSize);

    /** Frees the block in a place, which is empty then. */
    abstract void free(int place);

    abstract boolean isEmpty(int place);

    final void freeAll() {
        for (int place = 0; place < count; place++) {
            if (!isEmpty(place)) {
                free(place);
            }
        }
    }

    static IllegalStateException refused(long byteSize) {
        return new IllegalStateException("no block of " + byteSize + " bytes (the subject does not serve this size)");
    }
}
