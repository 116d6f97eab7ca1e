// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OtherAgentsTest {

    private static final String OURS = "-javaagent:/opt/metalloc-agent.jar=run,plan=x";
    private static final String AS_LIBRARY = "-agentlib:instrument=/opt/metalloc-agent.jar=run,plan=x";

    @Test
    void shouldTrustTheImageWhereNothingElseCanChangeTheJdk() {
        assertFalse(OtherAgents.mayHaveChanged(new String[] {OURS}));
        assertFalse(OtherAgents.mayHaveChanged(new String[] {AS_LIBRARY}));
        assertFalse(OtherAgents.mayHaveChanged(new String[] {"-Xmx1g", "-Dagent=-agentlib", OURS, "-Xint"}));
    }

    @Test
    void shouldLookWhereAnotherAgentOrAPatchIsOnTheCommandLine() {
        for (String other : new String[] {
            "-javaagent:other.jar",
            "-agentlib:instrument=other.jar",
            "-agentlib:jdwp=transport=dt_socket",
            "-agentpath:/opt/libprofiler.so",
            "-Xrunhprof",
            "-Xdebug",
            "--patch-module=java.base=/tmp/x",
            "-Djdk.module.patch.0=java.base=/tmp/x"
        }) {
            assertTrue(OtherAgents.mayHaveChanged(new String[] {OURS, other}), other);
            assertTrue(OtherAgents.mayHaveChanged(new String[] {other, OURS}), other);
        }
    }
}
