// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

/** Runs the agent's last work when the JVM ends in order: after the application's own shutdown hooks, where that is possible. */
public final class ExitWork {

    private ExitWork() {}

    public static void register(Runnable work) {
        JdkAccess jdk = JdkAccess.known;
        try {
            if (jdk != null) {
                jdk.afterApplicationHooks(work);
                return;
            }
        } catch (InternalError taken) {
            // Somebody else has the slot: run beside the application's hooks instead.
        }
        Runtime.getRuntime().addShutdownHook(new Thread(work, "metalloc-exit"));
    }
}
