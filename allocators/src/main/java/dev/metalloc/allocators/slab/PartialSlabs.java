// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.ArrayBytes;
import org.jspecify.annotations.Nullable;

/** A heap's slabs that have room and that no blocks are taken from just now, a list for each class. Owner only. */
final class PartialSlabs {

    private final @Nullable Slab[] heads;

    PartialSlabs(int classCount) {
        heads = new Slab[classCount];
    }

    /** Of its array. */
    long heldBytes() {
        return ArrayBytes.of(heads);
    }

    @Nullable
    Slab first(int sizeClass) {
        return heads[sizeClass];
    }

    static boolean isOnly(Slab slab) {
        return slab.previous == null && slab.next == null;
    }

    void link(Slab slab) {
        Slab head = heads[slab.sizeClass()];
        slab.next = head;
        slab.previous = null;
        if (head != null) {
            head.previous = slab;
        }
        heads[slab.sizeClass()] = slab;
        slab.state = Slab.PARTIAL;
    }

    void unlink(Slab slab) {
        Slab next = slab.next;
        Slab previous = slab.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            heads[slab.sizeClass()] = next;
        }
        slab.next = null;
        slab.previous = null;
    }
}
