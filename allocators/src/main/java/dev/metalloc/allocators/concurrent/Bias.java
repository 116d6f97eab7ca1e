// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

/** The door of one thread, who shuts it by a plain store, until somebody revokes that for good. */
final class Bias extends Door {

    /** Nobody's. */
    static final Bias NONE = new Bias(-1);

    private static final long serialVersionUID = 1L;

    private final long ownerId;
    private final long sinceNanos = System.nanoTime();
    private volatile boolean isRevoked;

    Bias(long ownerId) {
        this.ownerId = ownerId;
    }

    /** Whether the caller, with this id, is the owner and is behind the door now. */
    boolean tryShut(long callerId) {
        if (callerId != ownerId) {
            return false;
        }
        setOpaque(SHUT);
        if (isRevoked) {
            open();
            return false;
        }
        return true;
    }

    /** From here on the owner does not come in once a barrier has passed in its thread. */
    void revoke() {
        isRevoked = true;
    }

    long ageNanos() {
        return System.nanoTime() - sinceNanos;
    }
}
