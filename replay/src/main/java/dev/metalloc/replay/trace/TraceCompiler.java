// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import java.io.IOException;
import java.nio.file.Path;

/** Reads traces into {@link TraceProgram}s. Any thread. */
public final class TraceCompiler {

    private TraceCompiler() {}

    /**
     * Reads a file.
     *
     * @throws TraceFormatException where it is no trace, or contradicts itself
     */
    public static TraceProgram compile(Path file) throws IOException {
        try (TraceReader trace = TraceReader.open(file)) {
            return compile(String.valueOf(file.getFileName()), trace);
        }
    }

    /**
     * Reads what is left of a trace; the name is for tables.
     *
     * @throws TraceFormatException where it contradicts itself
     */
    public static TraceProgram compile(String name, TraceReader trace) throws IOException {
        TraceBuilder builder = new TraceBuilder(name);
        try {
            while (trace.next()) {
                add(trace, builder);
            }
        } catch (IllegalArgumentException e) {
            throw new TraceFormatException(trace.name() + ": " + e.getMessage(), e);
        }
        return builder.build();
    }

    private static void add(TraceReader trace, TraceBuilder builder) {
        switch (trace.operation()) {
            case ALLOCATE ->
                builder.allocate(trace.thread(), trace.byteSize(), trace.byteAlignment(), trace.isZeroed());
            case FREE -> builder.free(trace.thread(), trace.endedBlock());
            case REALLOCATE -> builder.reallocate(trace.thread(), trace.endedBlock(), trace.byteSize());
            case TIME -> builder.at(trace.micros());
        }
    }
}
