// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.instrument.Instrumentation;
import org.junit.jupiter.api.Test;

class PremainTest {

    /** The mark lets the JDK call it without making method handles first. */
    @Test
    void shouldHaveAPremainOfVariableArity() throws ReflectiveOperationException {
        assertTrue(Class.forName("dev.metalloc.agent.Premain")
                .getDeclaredMethod("premain", String.class, Instrumentation.class)
                .isVarArgs());
    }
}
