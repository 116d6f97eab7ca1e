// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.policy.plan.PlanFormat;
import java.lang.instrument.Instrumentation;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The agent's entries: {@code -javaagent:metalloc-agent.jar=profile|run,key=value…} at the start of a JVM, the same options or
 * {@code detach} into a running one.
 *
 * <p>Whatever goes wrong here is said in one line, and the application runs untouched: on the standard error stream at the
 * start, in a system property to whoever attached.
 */
public final class MetallocAgent {

    /** Where a running JVM says what became of an attach: {@code recording FILE}, {@code ended LINE}, {@code failed REASON}. */
    static final String STATE_PROPERTY = "metalloc.session";

    /** Whether a dispatch has come as far as the runtime's classes, so that another need not define them. */
    private static boolean isRuntimeForRun;

    private MetallocAgent() {}

    /**
     * Called before the application, on its main thread.
     *
     * @param isDefined whether the classes for the start are in java.base already
     */
    static void start(@Nullable String arguments, Instrumentation instrumentation, boolean isDefined) {
        try {
            start(AgentOptions.parse(arguments), instrumentation, isDefined);
        } catch (Throwable failure) {
            sayUntouched(failure);
        }
    }

    /** Called on a thread of the JVM's own; whoever attached waits for its end. */
    public static void agentmain(@Nullable String arguments, Instrumentation instrumentation) {
        try {
            AgentOptions options = AgentOptions.parse(arguments);
            switch (options.mode()) {
                case PROFILE -> attach(options, instrumentation);
                case DETACH -> detach(instrumentation);
                case RUN -> dispatch(options, instrumentation);
            }
        } catch (Throwable failure) {
            System.setProperty(STATE_PROPERTY, "failed " + reason(failure));
            traceWhereAsked(failure);
        }
    }

    private static void start(AgentOptions options, Instrumentation instrumentation, boolean isDefined)
            throws Exception {
        requireJava();
        if (!isDefined && Gate.isPassed()) {
            throw new IllegalStateException("a Metalloc agent is loaded already, this second one stays idle");
        }
        if (options.mode() == AgentMode.DETACH) {
            throw new IllegalStateException("detach is for a running application (see metalloc detach)");
        }
        ImageCache images = ImageCache.load(options.mode(), ownJar(), options.path("cache"));
        // The sessions name the runtime's classes: they must not be loaded before these are there.
        RuntimeInstaller.install(instrumentation, images.image(), isDefined);
        if (options.mode() == AgentMode.PROFILE) {
            ProfileSessions.start(options, instrumentation, images, false);
        } else {
            RunSession.start(options, instrumentation, images, false);
        }
    }

    private static void attach(AgentOptions options, Instrumentation instrumentation) throws Exception {
        requireJava();
        ImageCache images = ImageCache.load(AgentMode.PROFILE, ownJar(), options.path("cache"));
        if (!Gate.isPassed()) {
            RuntimeInstaller.install(instrumentation, images.image(), false);
        } else if (!ProfileSessions.isLoaded()) {
            throw new IllegalStateException("it runs under metalloc run (profile it in a run of its own)");
        }
        ProfileSessions.start(options, instrumentation, images, true);
    }

    /** Serves again, or from now on. */
    private static void dispatch(AgentOptions options, Instrumentation instrumentation) throws Exception {
        requireReadable(options.requiredPath("plan"));
        if (isUnderRun(instrumentation)) {
            RunSession.resume(PlanFormat.read(options.requiredPath("plan")));
            return;
        }
        if (Gate.isPassed() && !isRuntimeForRun) {
            throw new IllegalStateException("it was profiled, and cannot be dispatched (start it with metalloc run)");
        }
        requireJava();
        ImageCache images = ImageCache.load(AgentMode.RUN, ownJar(), options.path("cache"));
        if (!isRuntimeForRun) {
            RuntimeInstaller.install(instrumentation, images.image(), false);
            isRuntimeForRun = true;
        }
        RunSession.start(options, instrumentation, images, true);
    }

    // Before anything is changed: what reads the plan is defined in java.base, from where nothing is taken out again.
    private static void requireReadable(Path plan) {
        if (!Files.isReadable(plan)) {
            throw new IllegalStateException(
                    "the plan " + plan + " cannot be read by the user of that JVM (make it readable)");
        }
    }

    private static boolean isUnderRun(Instrumentation instrumentation) {
        if (!Gate.isPassed()) {
            return false;
        }
        RuntimeInstaller.open(instrumentation);
        return RunSession.isLoaded();
    }

    private static void detach(Instrumentation instrumentation) {
        if (isUnderRun(instrumentation)) {
            RunSession.pause();
            return;
        }
        if (!Gate.isPassed() || !ProfileSessions.isLoaded()) {
            throw new IllegalStateException("it is not being profiled (start with metalloc attach)");
        }
        ProfileSessions.detach(instrumentation);
    }

    private static void requireJava() {
        if (Runtime.version().feature() < 22) {
            throw new IllegalStateException("the agent needs Java 22 or later, this is " + Runtime.version());
        }
    }

    private static Path ownJar() throws URISyntaxException {
        return Path.of(MetallocAgent.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause instanceof ReflectiveOperationException) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return cause instanceof IllegalArgumentException || cause instanceof IllegalStateException || message == null
                ? String.valueOf(message == null ? cause.getClass().getName() : message)
                : cause.getClass().getSimpleName() + ": " + message;
    }

    /** Says why nothing is done. */
    static void sayUntouched(Throwable failure) {
        say(reason(failure) + " (the application runs untouched)");
        traceWhereAsked(failure);
    }

    /** The whole stack trace, for whoever asked for it. */
    static void traceWhereAsked(Throwable failure) {
        if (Boolean.getBoolean("metalloc.debug")) {
            failure.printStackTrace(System.err);
        }
    }

    /** One line on the standard error stream. */
    static void say(String line) {
        System.err.println("metalloc: " + line);
    }
}
