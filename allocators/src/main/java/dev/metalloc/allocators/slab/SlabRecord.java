// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import org.jspecify.annotations.Nullable;

/** The part of a slab that its owner writes all the time and no other thread looks at. */
abstract class SlabRecord {

    int highWater;
    int state;
    /** Bytes from the start that were in use before highWater was last set back: above them fresh blocks are zero. */
    int dirtyBytes;

    /** Bytes from the start that have memory behind them. */
    int committedBytes;

    /** Blocks that lie wholly in those bytes: fresh ones can be taken below this. */
    int committedEnd;

    /** Blocks the heap took and did not give back: live ones, and those in its magazines. */
    int outCount;

    @Nullable
    Slab next;

    @Nullable
    Slab previous;
}
