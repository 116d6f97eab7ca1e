// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PremainTest {

    /** The mark lets the JDK call it without making method handles first. */
    @Test
    void shouldHaveAPremainOfVariableArity() throws ReflectiveOperationException {
        assertTrue(Class.forName("dev.metalloc.agent.Premain")
                .getDeclaredMethod("premain", String.class, Instrumentation.class)
                .isVarArgs());
    }

    /** A JVM that cannot load the class of an agent ends. */
    @Test
    void shouldBeLoadedByAnyJvm() throws IOException {
        try (DataInputStream in =
                new DataInputStream(Objects.requireNonNull(PremainTest.class.getResourceAsStream("Premain.class")))) {
            assertEquals(0xcafebabe, in.readInt());
            assertEquals(0, in.readUnsignedShort());
            assertEquals(52, in.readUnsignedShort());
        }
    }
}
