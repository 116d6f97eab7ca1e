// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.record.QuickSlots;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderRegistry;
import org.jspecify.annotations.Nullable;

/**
 * What the profiling hooks work with: set by the agent before the hooks are installed.
 *
 * <p>The hooks read {@link #trace}, {@link #countsQuickly} and {@link #hooksInConfinedArenas} into constants when their classes are initialised, that is, at the first hooked call.
 */
@SuppressWarnings("EnumOrdinal") // as in Recorder
public final class ProfileState {

    private static final int MOST_CAUSES = 8;

    /** The threads that record, null where nobody does; plain, because a late view costs nothing but a few events. */
    public static @Nullable RecorderRegistry recording;

    /**
     * What counts most blocks of {@code sun.misc.Unsafe}, thread by thread; all refuse where every event has to take the long way. The
     * application's methods hold copies of the hooks that read it, so it is there from the beginning, and the same for ever.
     */
    public static final QuickSlots QUICK = new QuickSlots();

    /** Whether {@link #QUICK} is ever of use; read once, as the trace is. */
    public static boolean countsQuickly = true;

    /** Null where no trace is written. */
    public static @Nullable TraceRecorder trace;

    /** Whether the JDK's confined arenas have hooks inside, so that they need no wrapper; read once, as the trace is. */
    public static boolean hooksInConfinedArenas;

    /** Whether the hooks in Netty's allocators are all there. */
    public static boolean nettyBuffers = true;

    /** Whether the hooks in Arrow's allocators are all there. */
    public static boolean arrowBuffers = true;

    private ProfileState() {}

    /** Lets the hooks record from now on. The trace of a first recording is the only one they can see. */
    public static synchronized void begin(Recorder recorder) {
        Failsafe.forget();
        recorder.tellCallers();
        recording = recorder.registry();
    }

    /** Stops all recording; hooks that are under way may still finish. */
    public static synchronized void end() {
        recording = null;
        QUICK.clear();
    }

    /** Lets threads that have begun to record do so quickly; called from time to time. */
    public static synchronized void chooseQuick() {
        RecorderRegistry current = recording;
        if (countsQuickly && current != null && trace == null && !Failsafe.TESTED) {
            current.chooseQuick(QUICK, EntryPoint.UNSAFE.ordinal());
        }
    }

    /** Notes a failure inside a hook; recording stops for good but where the application itself had run out of something. */
    public static void fail(Throwable failure) {
        if (isExhaustion(failure)) {
            Failsafe.miss();
        } else {
            Failsafe.trip(failure);
            end();
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
