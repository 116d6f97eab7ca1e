// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.metalloc.replay.trace.TraceBuilder;
import dev.metalloc.replay.trace.TraceProgram;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReplayMainTest {

    @Test
    void shouldNameTheTraceThatHasNoAllocation() {
        TraceProgram empty = new TraceBuilder("empty").build();

        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> ReplayMain.checkAllocates(Path.of("runs/idle.mtrc.gz"), empty))
                .getMessage();

        assertEquals(
                "runs/idle.mtrc.gz: no allocation in this trace (record a run that asks for off-heap memory)", message);
    }

    @Test
    void shouldReplayATraceThatHasSome() {
        TraceBuilder trace = new TraceBuilder("some");
        trace.allocate(0, 64, 1, false);

        assertDoesNotThrow(() -> ReplayMain.checkAllocates(Path.of("some.mtrc.gz"), trace.build()));
    }
}
