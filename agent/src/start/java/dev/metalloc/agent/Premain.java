// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/**
 * Where the JDK enters the agent at the start of a JVM.
 *
 * <p>Apart from all others: the build marks its method in a way that no compiler can read (see {@code MarkPremain}), and compiles it for
 * Java 8. A JVM behind a script may be any, and ends where it cannot load this class.
 */
public final class Premain {

    private static final int LEAST_FEATURE = 22;

    private Premain() {}

    public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
        if (feature(System.getProperty("java.specification.version", "")) < LEAST_FEATURE) {
            System.err.println("metalloc: the agent needs Java " + LEAST_FEATURE + " or later, this is "
                    + System.getProperty("java.version") + " (the application runs untouched)");
            return;
        }
        int way = QuickStart.start(arguments, instrumentation);
        if (way != QuickStart.STARTED) {
            MetallocAgent.start(arguments, instrumentation, way == QuickStart.LONG_WAY_FROM_DEFINED);
        }
    }

    /** Of {@code 1.8} it is 1, and 0 of what says nothing. */
    private static int feature(String version) {
        int feature = 0;
        for (int i = 0; i < version.length() && version.charAt(i) >= '0' && version.charAt(i) <= '9'; i++) {
            feature = feature * 10 + (version.charAt(i) - '0');
        }
        return feature;
    }
}
