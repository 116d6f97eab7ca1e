// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.util.List;

/**
 * One change to one kind of place in a JDK class.
 *
 * @param className internal name of the class changed
 * @param methodName method changed, or {@code *} for every one that matches the rest
 * @param methodDescriptor its descriptor, or {@code *}
 * @param kind what is changed in it
 * @param calledOwner for replaced calls: internal name of the called method's class
 * @param calledName for replaced calls: the called method's name
 * @param loadedParameterTypes descriptors of the method's own parameters to pass on to the hook, in order; empty for none
 * @param hookName static method of the hook class
 * @param hookDescriptor its descriptor
 */
record Hook(
        HookGroup group,
        String className,
        String methodName,
        String methodDescriptor,
        Kind kind,
        String calledOwner,
        String calledName,
        List<String> loadedParameterTypes,
        String hookName,
        String hookDescriptor) {

    enum Kind {
        /** Calls the hook where the JDK called another method; the receiver, if any, becomes the first argument. */
        REPLACE_CALL,
        /** As {@link #REPLACE_CALL}; a JDK without such a call is none of an unknown shape. */
        REPLACE_CALL_IF_ANY,
        /** Passes the reference that the method returns through the hook. */
        FILTER_RETURN,
        /** Passes what another method returns to this one, if anything, through the hook, and all parameters of this one after it. */
        FILTER_CALL,
        /** Calls the hook with the object whose method begins. */
        AT_START,
        /** Calls the hook with the object whose method, which returns nothing, has come to its end. */
        AT_RETURN
    }

    boolean matchesMethod(String name, String descriptor) {
        return (methodName.equals("*") || methodName.equals(name))
                && (methodDescriptor.equals("*") || methodDescriptor.equals(descriptor));
    }

    boolean isRequired() {
        return kind != Kind.REPLACE_CALL_IF_ANY;
    }

    boolean matchesCall(String owner, String name) {
        return kind != Kind.FILTER_RETURN
                && kind != Kind.AT_START
                && kind != Kind.AT_RETURN
                && calledOwner.equals(owner)
                && calledName.equals(name);
    }
}
