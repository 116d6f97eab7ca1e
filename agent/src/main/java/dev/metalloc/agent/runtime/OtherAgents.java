// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

/** What a JVM's command line says of others that may change classes of the JDK before this agent starts. */
public final class OtherAgents {

    /** How the launcher names this agent where that is cheaper; any agent of Java's may be named so. */
    private static final String AGENT_LIBRARY = "-agentlib:instrument=";

    private OtherAgents() {}

    /** Whether there is another agent, a native one, or a patched module. */
    public static boolean mayHaveChanged(String[] virtualMachineArguments) {
        int agents = 0;
        for (String argument : virtualMachineArguments) {
            if (argument.startsWith("-javaagent:") || argument.startsWith(AGENT_LIBRARY)) {
                agents++;
            } else if (argument.startsWith("-agent")
                    || argument.startsWith("-Xrun")
                    || argument.startsWith("-Xdebug")
                    || argument.contains("module.patch")
                    || argument.startsWith("--patch-module")) {
                return true;
            }
        }
        return agents > 1;
    }
}
