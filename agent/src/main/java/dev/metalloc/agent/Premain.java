// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/**
 * Where the JDK enters the agent at the start of a JVM.
 *
 * <p>Apart from all others, since the build marks its method in a way that no compiler can read (see {@code MarkPremain}).
 */
public final class Premain {

    private Premain() {}

    public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
        int way = QuickStart.start(arguments, instrumentation);
        if (way != QuickStart.STARTED) {
            MetallocAgent.start(arguments, instrumentation, way == QuickStart.LONG_WAY_FROM_DEFINED);
        }
    }
}
