// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.debug;

/** Told of memory that a program wrote to without right. Called by the thread that found it, after the fact. */
public interface CorruptionHandler {

    /** Throws an IllegalStateException with the text. */
    CorruptionHandler THROWING = new ThrowingHandler();

    /**
     * Reports one finding.
     *
     * @param what one line: what was written where it must not be, and how it was found
     * @param address start of the block concerned
     */
    void corrupted(String what, long address);

    /** The default. */
    final class ThrowingHandler implements CorruptionHandler {
        @Override
        public void corrupted(String what, long address) {
            throw new IllegalStateException(what);
        }
    }
}
