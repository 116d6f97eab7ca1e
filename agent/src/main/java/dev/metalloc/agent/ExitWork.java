// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.lang.reflect.InvocationTargetException;

/** Runs the agent's last work when the JVM ends in order: after the application's own shutdown hooks, where that is possible. */
final class ExitWork {

    private ExitWork() {}

    static void register(Runnable work) {
        try {
            Class.forName("jdk.internal.foreign.MetallocShutdown", true, null)
                    .getMethod("afterApplicationHooks", Runnable.class)
                    .invoke(null, work);
        } catch (InvocationTargetException e) {
            // Somebody else has the slot: run beside the application's hooks instead.
            Runtime.getRuntime().addShutdownHook(new Thread(work, "metalloc-exit"));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the runtime is not installed", e);
        }
    }
}
