// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import jdk.internal.access.SharedSecrets;

/** Runs the agent's last work after all of the application's own shutdown hooks. */
public final class MetallocShutdown {

    /** Slots 0 to 2 are the JDK's: console, application hooks, files to delete. */
    private static final int SLOT = 5;

    private MetallocShutdown() {}

    /**
     * Registers the one piece of work.
     *
     * @throws InternalError where the slot is taken
     */
    public static void afterApplicationHooks(Runnable work) {
        SharedSecrets.getJavaLangAccess().registerShutdownHook(SLOT, true, work);
    }
}
