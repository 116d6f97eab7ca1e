// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.record.Recorder;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One recording, from the start of the JVM or from an attach, to the JVM's end or a detach; writes the profile and says one
 * line about it.
 *
 * <p>Any thread may end it; only the first does. There is at most one at a time.
 */
final class ProfileSession implements Runnable {

    private final ProfileOutput output;
    private final ProfileTicker ticker;
    private final @Nullable TraceOutput trace;
    private final HookInstaller hooks;
    private final @Nullable LibraryHooks libraryHooks;
    private final boolean attached;
    private final boolean quiet;
    private boolean ended;

    /** {@link ProfileStart} makes them. */
    ProfileSession(
            AgentOptions options,
            Recorder recorder,
            ProfileOutput output,
            @Nullable TraceOutput trace,
            HookInstaller hooks,
            @Nullable LibraryHooks libraryHooks,
            boolean attached) {
        this.output = output;
        this.trace = trace;
        this.hooks = hooks;
        this.libraryHooks = libraryHooks;
        this.attached = attached;
        this.quiet = options.isSet("quiet");
        this.ticker = new ProfileTicker(recorder, output, options.durationNanos(), this);
    }

    /** Records from here on, once all is in place. */
    void begin(Recorder recorder) {
        ticker.start();
        ProfileState.begin(recorder);
    }

    /** The recording's time is over. */
    @Override
    public void run() {
        ProfileSessions.end(this);
    }

    /** What became of the recording, in words. */
    record Outcome(boolean written, String line) {

        Outcome and(String more) {
            return new Outcome(written, line + "; " + more);
        }
    }

    /** Ends the recording and answers what to say about it; null where it had ended already. */
    synchronized @Nullable Outcome end() {
        if (ended) {
            return null;
        }
        ended = true;
        ProfileState.end();
        ticker.stop();
        try {
            String traceFigures = trace == null ? null : endTrace(trace);
            noteFailures();
            Outcome outcome = write();
            return traceFigures == null ? outcome : outcome.and(traceFigures);
        } finally {
            release(output, trace); // last: nothing that goes wrong here costs the profile
        }
    }

    private String endTrace(TraceOutput ending) {
        try {
            return ending.end(output);
        } catch (Throwable e) {
            output.lacks("the trace is not whole: " + ProfileOutput.reason(e));
            return "the trace could not be ended: " + ProfileOutput.reason(e);
        }
    }

    private static void release(ProfileOutput output, @Nullable TraceOutput trace) {
        output.release();
        if (trace != null) {
            trace.release();
        }
    }

    /** Takes the hooks out of the JDK again. */
    void unhook(Instrumentation instrumentation) throws Exception {
        unhook(instrumentation, hooks, libraryHooks);
    }

    static void unhook(
            Instrumentation instrumentation, @Nullable HookInstaller hooks, @Nullable LibraryHooks libraryHooks)
            throws Exception {
        if (hooks != null) {
            hooks.uninstall(instrumentation);
        }
        if (libraryHooks != null) {
            libraryHooks.uninstall(instrumentation);
        }
    }

    boolean isQuiet() {
        return quiet;
    }

    boolean isAttached() {
        return attached;
    }

    Path file() {
        return output.file();
    }

    private void noteFailures() {
        Throwable failure = Failsafe.first();
        if (failure != null) {
            output.lacks("recording stopped early after an internal error: " + failure);
            MetallocAgent.say("profiling stopped early after an internal error: " + failure);
        }
        if (Failsafe.missedCount() > 0) {
            output.lacks(Failsafe.missedCount() + " events: the application had run out of memory or stack");
        }
    }

    private Outcome write() {
        Profile profile;
        try {
            profile = output.write(true, ticker.workNanos());
        } catch (Throwable e) {
            MetallocAgent.traceWhereAsked(e);
            return new Outcome(
                    false,
                    "the profile could not be written to " + file() + ": " + ProfileOutput.reason(e)
                            + " (make room there, or choose another file with -o)");
        }
        try {
            output.copyToSpool();
        } catch (Throwable e) {
            MetallocAgent.say("the profile will not be in the store: " + ProfileOutput.reason(e)
                    + " (metalloc recommend " + file() + " reads it from its file)");
        }
        return new Outcome(true, ProfileSummary.of(profile, file()));
    }
}
