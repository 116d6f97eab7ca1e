// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.ExitWork;
import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/** The recording that is going on in this JVM, if any; any thread. */
final class ProfileSessions {

    /** All below guarded by the class. */
    private static @Nullable ProfileSession current;

    private static @Nullable Instrumentation instrumentation;
    private static boolean loaded;

    private ProfileSessions() {}

    /** Whether the runtime in this JVM is the one that records. */
    static synchronized boolean isLoaded() {
        return loaded;
    }

    static synchronized void start(
            AgentOptions options, Instrumentation instrument, ImageCache images, boolean attached) throws Exception {
        if (current != null) {
            throw new IllegalStateException("it is being profiled already, into " + current.file()
                    + " (wait for that, or end it with metalloc detach)");
        }
        if (!loaded) {
            ExitWork.register(new AtExit());
        }
        loaded = true; // even if this fails: another start may not
        instrumentation = instrument;
        ProfileSession started = new ProfileStart(options, instrument, images, attached).run();
        current = started;
        if (attached) {
            System.setProperty(MetallocAgent.STATE_PROPERTY, "recording " + started.file());
        }
    }

    /** Ends the recording that is going on. */
    static void detach(Instrumentation instrument) {
        ProfileSession session = take(null);
        if (session == null) {
            throw new IllegalStateException("it is not being profiled (start with metalloc attach)");
        }
        finish(session, instrument);
    }

    /** Ends this recording, where it is still going on. */
    static void end(ProfileSession session) {
        ProfileSession taken = take(session);
        Instrumentation instrument = instrumentation();
        if (taken != null && instrument != null) {
            finish(taken, instrument);
        }
    }

    private static void finish(ProfileSession session, Instrumentation instrument) {
        ProfileSession.Outcome outcome = session.end();
        if (outcome == null) {
            return;
        }
        try {
            session.unhook(instrument);
        } catch (Throwable failure) {
            // The hooks stay in and do nothing.
            outcome = outcome.and("the hooks could not be taken out again: " + failure);
        }
        System.setProperty(MetallocAgent.STATE_PROPERTY, (outcome.written() ? "ended " : "failed ") + outcome.line());
        say(session, outcome);
    }

    /** To whoever attached the state is told; what went wrong is said even by a quiet agent. */
    private static void say(ProfileSession session, ProfileSession.@Nullable Outcome outcome) {
        if (outcome != null && !session.isAttached() && !(session.isQuiet() && outcome.written())) {
            MetallocAgent.say(outcome.line());
        }
    }

    /** The current session, which then is no longer; null where there is none, or another than the one wanted. */
    private static synchronized @Nullable ProfileSession take(@Nullable ProfileSession wanted) {
        ProfileSession taken = current;
        if (wanted != null && taken != wanted) {
            return null;
        }
        current = null;
        return taken;
    }

    private static synchronized @Nullable Instrumentation instrumentation() {
        return instrumentation;
    }

    private static final class AtExit implements Runnable {
        @Override
        public void run() {
            ProfileSession session = take(null);
            if (session != null) {
                say(session, session.end());
            }
        }
    }
}
