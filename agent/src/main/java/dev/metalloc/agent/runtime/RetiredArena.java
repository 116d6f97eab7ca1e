// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A shared arena that is closed, every access to which fails, and whose memory is still held because an access may be under
 * way on another thread.
 *
 * <p>Belongs to the thread that retired it until {@link RetiredArenas} hands it to the one that releases it.
 */
public abstract class RetiredArena {

    /** The arena retired before it. */
    @Nullable
    RetiredArena nextRetired;

    /** What it holds: its blocks, and an estimate of its objects on the heap. */
    public abstract long heldBytes();

    /**
     * Stops every thread once, wherever it is, as the JDK does when it closes any shared arena: from then on no compiled
     * code relies on a check of an arena that it made before.
     */
    public abstract void handshake();

    /** The JDK's own handshake for this very arena: afterwards no access to it is under way. */
    public abstract void closeScope();

    /** Gives the blocks back. To be called once, when no access can be under way. */
    public abstract void release();

    /** The arena retired before this one in the same batch. */
    public @Nullable RetiredArena next() {
        return nextRetired;
    }
}
