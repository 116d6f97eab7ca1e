// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.lang.instrument.ClassDefinition;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.EventObject;

/** Defines classes in java.base through one of its own classes, which {@link dev.metalloc.agent.train.GateWeaver} has changed for that. */
final class Gate {

    private Gate() {}

    /** Whether an agent of this JVM has been through already. */
    static boolean isPassed() {
        try {
            Class.forName("jdk.internal.foreign.MetallocFailsafe", false, null);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * Opens the gate and defines the classes; it stays open.
     *
     * @param woven the class with the gate in it
     * @param classFiles each after those it extends
     * @return an instance of the last of them, made without a constructor
     */
    static Object define(Instrumentation instrumentation, byte[] woven, byte[][] classFiles)
            throws ClassNotFoundException, UnmodifiableClassException {
        instrumentation.redefineClasses(new ClassDefinition(EventObject.class, woven));
        return new EventObject(classFiles).getSource();
    }

    /** What closes it. */
    static ClassDefinition closed(byte[] original) {
        return new ClassDefinition(EventObject.class, original);
    }
}
