// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.ExitRegistrar;
import jdk.internal.access.SharedSecrets;

/** Runs the agent's last work after all of the application's own shutdown hooks. */
final class MetallocShutdown extends ExitRegistrar {

    /** Slots 0 to 2 are the JDK's: console, application hooks, files to delete. */
    private static final int SLOT = 5;

    static {
        ExitRegistrar.known = new MetallocShutdown();
    }

    private MetallocShutdown() {}

    @Override
    public void afterApplicationHooks(Runnable work) {
        SharedSecrets.getJavaLangAccess().registerShutdownHook(SLOT, true, work);
    }
}
