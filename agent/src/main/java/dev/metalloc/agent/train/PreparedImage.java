// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.io.IOException;
import java.util.List;

/**
 * Everything the agent puts into one JDK build for one mode.
 *
 * @param key what it was made for: JDK build, agent build, mode
 * @param gate what defines classes in java.base
 * @param startClasses classes to define in java.base at once, each after those it extends; the last one can be made without a
 *     constructor
 * @param laterClasses those to define when memory is first asked for
 * @param hookedClasses classes of the JDK with hooks
 * @param missingGroups hook groups that found no place in this JDK
 */
public record PreparedImage(
        String key,
        GateClassFiles gate,
        List<ClassFile> startClasses,
        LaterClasses laterClasses,
        List<HookedClassFile> hookedClasses,
        List<HookGroup> missingGroups) {

    public PreparedImage {
        startClasses = List.copyOf(startClasses);
        hookedClasses = List.copyOf(hookedClasses);
        missingGroups = List.copyOf(missingGroups);
    }

    /** The same with other hooked classes. */
    public PreparedImage withHooked(List<HookedClassFile> classes) {
        return new PreparedImage(key, gate, startClasses, laterClasses, classes, missingGroups);
    }

    /** Nine tenths of an image, which most starts of an application do not need. */
    public interface LaterClasses {

        /**
         * Reads them, in the order in which they can be defined.
         *
         * @throws IOException where the file they are in is gone or damaged
         */
        List<ClassFile> read() throws IOException;
    }

    /** The class with the gate in it, and as it was. */
    @SuppressWarnings("ArrayRecordComponent") // a value passed on, never compared
    public record GateClassFiles(byte[] open, byte[] closed) {}

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
