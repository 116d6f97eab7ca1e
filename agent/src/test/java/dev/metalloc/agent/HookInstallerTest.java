// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.instrument.Instrumentation;
import org.junit.jupiter.api.Test;

class HookInstallerTest {

    private static final String OURS = "-javaagent:/opt/metalloc-agent.jar=run,plan=x";

    @Test
    void shouldTrustTheImageWhereNothingElseCanChangeTheJdk() {
        assertFalse(HookInstaller.othersMayHaveChanged(new String[] {OURS}));
        assertFalse(HookInstaller.othersMayHaveChanged(new String[] {"-Xmx1g", "-Dagent=-agentlib", OURS, "-Xint"}));
    }

    @Test
    void shouldLookWhereAnotherAgentOrAPatchIsOnTheCommandLine() {
        for (String other : new String[] {
            "-javaagent:other.jar",
            "-agentlib:jdwp=transport=dt_socket",
            "-agentpath:/opt/libprofiler.so",
            "-Xrunhprof",
            "-Xdebug",
            "--patch-module=java.base=/tmp/x",
            "-Djdk.module.patch.0=java.base=/tmp/x"
        }) {
            assertTrue(HookInstaller.othersMayHaveChanged(new String[] {OURS, other}), other);
            assertTrue(HookInstaller.othersMayHaveChanged(new String[] {other, OURS}), other);
        }
    }

    /** The mark lets the JDK call it without making method handles first. */
    @Test
    void shouldHaveAPremainOfVariableArity() throws ReflectiveOperationException {
        assertTrue(Class.forName("dev.metalloc.agent.Premain")
                .getDeclaredMethod("premain", String.class, Instrumentation.class)
                .isVarArgs());
    }
}
