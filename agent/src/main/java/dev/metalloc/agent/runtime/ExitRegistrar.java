// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import org.jspecify.annotations.Nullable;

/** Registers work for the end of the JVM; set by the class that can do it when that is initialised. */
public abstract class ExitRegistrar {

    public static volatile @Nullable ExitRegistrar known;

    /**
     * Has the work run after all of the application's own shutdown hooks.
     *
     * @throws InternalError where another has the place
     */
    public abstract void afterApplicationHooks(Runnable work);
}
