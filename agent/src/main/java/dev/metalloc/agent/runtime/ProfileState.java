// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.profiler.record.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * What the profiling hooks work with: set once by the agent before the hooks are installed.
 *
 * <p>The hooks read {@link #recorder} into a constant when their class is initialised, that is, at the first hooked call.
 */
public final class ProfileState {

    /** Non-null before any hook is installed. */
    public static @Nullable Recorder recorder;

    /** Whether hooks record; plain, because a late view costs nothing but a few events. */
    public static boolean active;

    private ProfileState() {}

    /** Switches recording off for good after a failure inside a hook. */
    public static void fail(Throwable failure) {
        Failsafe.trip(failure);
        if (!(failure instanceof StackOverflowError) && !(failure instanceof OutOfMemoryError)) {
            active = false;
        }
    }
}
