// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import org.jspecify.annotations.Nullable;

/**
 * What the agent needs of the JDK's internals and cannot call itself; any thread.
 *
 * <p>A virtual call instead of reflection, whose first calls make classes of their own and cost a start some milliseconds each.
 */
public abstract class JdkAccess {

    /** Set when the class that implements it is initialised. */
    public static volatile @Nullable JdkAccess known;

    private static final String IMPLEMENTATION = "jdk.internal.foreign.MetallocInternalAccess";

    /**
     * Has the class that implements it initialised.
     *
     * @throws ClassNotFoundException where it is not defined
     */
    public static JdkAccess find() throws ClassNotFoundException {
        Class.forName(IMPLEMENTATION, true, null);
        JdkAccess found = known;
        if (found == null) {
            throw new ClassNotFoundException(IMPLEMENTATION);
        }
        return found;
    }

    /** Defines a class in java.base; it is not linked before it is used, so its class file may name classes defined later. */
    public abstract void defineClass(String internalName, byte[] classFile);

    /**
     * Has the work run after all of the application's own shutdown hooks.
     *
     * @throws InternalError where another has the place
     */
    public abstract void afterApplicationHooks(Runnable work);

    /** What the JVM was started with, from its command line, files and environment. */
    public abstract String[] virtualMachineArguments();
}
