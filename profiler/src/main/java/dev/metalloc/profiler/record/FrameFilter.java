// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** Which stack frames say where an allocation comes from, and which are machinery that every caller shares. */
final class FrameFilter {
    private static final String[] MACHINERY = {
        "java.",
        "javax.",
        "jdk.",
        "sun.",
        "com.sun.",
        "dev.metalloc.agent.",
        "dev.metalloc.allocators.",
        "dev.metalloc.profiler.record.StackWalkerSource",
        "dev.metalloc.profiler.record.ThreadRecorder",
        "dev.metalloc.profiler.record.ArenaRecord",
    };

    /** Libraries that allocate on behalf of their callers. */
    private static final String[] WRAPPERS = {
        "io.netty.util.internal.", "io.netty.buffer.", "org.apache.arrow.memory.",
    };

    private FrameFilter() {}

    /** Never part of a site. */
    static boolean isMachinery(String className) {
        return startsWithAny(className, MACHINERY);
    }

    /** Left out where it leads to a caller outside. */
    static boolean isWrapper(String className) {
        return startsWithAny(className, WRAPPERS);
    }

    private static boolean startsWithAny(String className, String[] prefixes) {
        for (int i = 0; i < prefixes.length; i++) {
            if (className.startsWith(prefixes[i])) {
                return true;
            }
        }
        return false;
    }
}
