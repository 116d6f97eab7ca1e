// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.api;

/** What became of a free; all but {@link #FREED} were refused and changed nothing. */
public enum FreeOutcome {
    FREED,
    /** The address lies outside the allocator's memory: it belongs to somebody else. */
    FOREIGN,
    /** The address is, or was, a block's start, and no block is live there. */
    ALREADY_FREE,
    /** The address lies inside a block or between blocks. */
    NOT_A_BLOCK
}
