// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.jspecify.annotations.Nullable;

/** The part of a slab that its owner writes all the time and no other thread looks at. */
abstract class SlabRecord {

    /** The block freed last, or a number that is no block's. */
    int head;

    int highWater;
    int state;
    /** Bytes from the start that were in use before highWater was last set back: above them fresh blocks are zero. */
    int dirtyBytes;

    /** Blocks handed out and taken back, by all slabs that were at this place. */
    long popCount;

    long pushCount;

    @Nullable
    Slab next;

    @Nullable
    Slab previous;
}
