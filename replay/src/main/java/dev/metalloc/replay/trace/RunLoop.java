// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

/** Does events of a {@link TraceProgram}. */
public interface RunLoop {

    /** Does the events from {@code from} to before {@code to}; called by one thread at a time. */
    void run(int from, int to);

    /** Gives back what its blocks were made of; it is not to be run again. */
    default void close() {}
}
