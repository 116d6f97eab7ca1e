// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SurroundingsTest {

    @Test
    void shouldKnowTheOptionsThatTheScriptHidesFromItsOwnJvm() {
        Map<String, String> environment = Map.of(
                "PATH", "/bin", "METALLOC_USERS_JAVA_TOOL_OPTIONS", "-Xss1m", "METALLOC_USERS__JAVA_OPTIONS", "-Xmx1g");
        assertEquals(
                Map.of("PATH", "/bin", "JAVA_TOOL_OPTIONS", "-Xss1m", "_JAVA_OPTIONS", "-Xmx1g"),
                Surroundings.usersEnvironment(environment));
    }
}
