// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.util.List;

/**
 * Everything the agent puts into one JDK build for one mode.
 *
 * @param key what it was made for: JDK build, agent build, mode
 * @param runtimeClasses classes to define in java.base, each after those it extends
 * @param hookedClasses classes of the JDK with hooks
 * @param missingGroups hook groups that found no place in this JDK
 */
public record PreparedImage(
        String key,
        List<ClassFile> runtimeClasses,
        List<HookedClassFile> hookedClasses,
        List<HookGroup> missingGroups) {

    public PreparedImage {
        runtimeClasses = List.copyOf(runtimeClasses);
        hookedClasses = List.copyOf(hookedClasses);
        missingGroups = List.copyOf(missingGroups);
    }

    /** A class to define; {@code name} is the internal one. */
    @SuppressWarnings("ArrayRecordComponent") // a value passed on, never compared
    public record ClassFile(String name, byte[] bytes) {}

    /**
     * A class of the JDK with hooks.
     *
     * @param originalByteSize length of the class file it was made from: another length at load says that another agent
     *     changed the class
     */
    @SuppressWarnings("ArrayRecordComponent") // a value passed on, never compared
    public record HookedClassFile(HookGroup group, String name, int originalByteSize, byte[] bytes) {}
}
