// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.profiler.record.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * What the profiling hooks work with: set by the agent before the hooks are installed.
 *
 * <p>The hooks read {@link #recorder} and {@link #trace} into constants when their class is initialised, that is, at the first
 * hooked call. A later recording of the same JVM has its recorder in {@link #later}.
 */
public final class ProfileState {

    private static final int MOST_CAUSES = 8;

    /** Non-null before any hook is installed. */
    public static @Nullable Recorder recorder;

    /** The recorder of a second or later recording; null during the first. */
    public static @Nullable Recorder later;

    /** Null where no trace is written. */
    public static @Nullable TraceRecorder trace;

    /** Whether hooks record; plain, because a late view costs nothing but a few events. */
    public static boolean active;

    /** Whether the hooks in Netty's allocators are all there. */
    public static boolean nettyBuffers = true;

    /** Whether the hooks in Arrow's allocators are all there. */
    public static boolean arrowBuffers = true;

    private ProfileState() {}

    /** Sets what the hooks are to work with from now on; they do not yet record. */
    public static void begin(Recorder next, @Nullable TraceRecorder nextTrace) {
        Failsafe.forget();
        if (recorder == null) {
            recorder = next;
            trace = nextTrace;
        } else {
            later = next;
        }
    }

    /** Notes a failure inside a hook; recording stops for good but where the application itself had run out of something. */
    public static void fail(Throwable failure) {
        if (isExhaustion(failure)) {
            Failsafe.miss();
        } else {
            Failsafe.trip(failure);
            active = false;
        }
    }

    /** Memory or stack ran out, perhaps below JDK code that wraps what it catches. */
    private static boolean isExhaustion(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            if (cause instanceof StackOverflowError || cause instanceof OutOfMemoryError) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
