// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AgentOptionsTest {

    @Test
    void shouldReadModeAndDecodedValues() {
        AgentOptions options = AgentOptions.parse("profile,out=/tmp/a%2Cb%25%20c+d.mprof,app=g:a,mode=full,quiet");
        assertEquals(AgentMode.PROFILE, options.mode());
        assertEquals(Path.of("/tmp/a,b% c+d.mprof"), options.path("out"));
        assertEquals("g:a", options.text("app"));
        assertTrue(options.isSet("quiet"));
        assertNull(options.text("spool"));
    }

    @Test
    void shouldNameWhatIsWrong() {
        assertMessage("agent mode 'trace'", "trace,out=x");
        assertMessage("agent mode ''", "");
        assertMessage("agent option 'wrong'", "run,plan=x,wrong=1");
        assertMessage("agent option 'out' is missing", "profile,app=x");
        assertMessage("agent option 'plan' is missing", "run");
    }

    private static void assertMessage(String expected, String arguments) {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, () -> AgentOptions.parse(arguments))
                        .getMessage());
        assertTrue(message.startsWith(expected), message);
    }
}
