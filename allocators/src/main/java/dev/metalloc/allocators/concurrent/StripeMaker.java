// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.OffHeapAllocator;

/** Makes the parts of a striped allocator; called by one thread at a time. */
public interface StripeMaker {

    /**
     * A confined allocator like the others, whose {@code owns}, and {@code usableSize} of a block that lives, may be called while another thread
     * is inside.
     *
     * @param number of the part, from 0: the first is there from the start and may be all there ever is
     */
    OffHeapAllocator make(int number);
}
