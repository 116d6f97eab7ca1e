// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.PreparedImage;
import java.lang.instrument.Instrumentation;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The agent's entry: {@code -javaagent:metalloc-agent.jar=profile|run,key=value…}.
 *
 * <p>Whatever goes wrong here is said in one line on the standard error stream, and the application runs untouched.
 */
public final class MetallocAgent {

    private MetallocAgent() {}

    public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
        try {
            start(AgentOptions.parse(arguments), instrumentation);
        } catch (Throwable failure) {
            say(reason(failure) + " (the application runs untouched)");
            if (Boolean.getBoolean("metalloc.debug")) {
                failure.printStackTrace(System.err);
            }
        }
    }

    private static void start(AgentOptions options, Instrumentation instrumentation) throws Exception {
        if (Runtime.version().feature() < 22) {
            throw new IllegalStateException("the agent needs Java 22 or later, this is " + Runtime.version());
        }
        if (RuntimeInstaller.isInstalled()) {
            throw new IllegalStateException("a Metalloc agent is loaded already, this second one stays idle");
        }
        PreparedImage image = ImageCache.load(options.mode(), ownJar(), options.path("cache"));
        // The sessions name the runtime's classes: they must not be loaded before these are there.
        RuntimeInstaller.install(instrumentation, image);
        if (options.mode() == AgentMode.PROFILE) {
            ProfileSession.start(options, instrumentation, image);
        } else {
            RunSession.start(options, instrumentation, image);
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

    /** One line on the standard error stream. */
    static void say(String line) {
        System.err.println("metalloc: " + line);
    }
}
