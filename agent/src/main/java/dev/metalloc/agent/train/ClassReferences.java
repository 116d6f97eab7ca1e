// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;

/** Which classes of a set a class may load, by the constants of its class file, directly or through others. */
final class ClassReferences {

    /** The tag of a class constant (JVM specification, 4.4). */
    private static final int CLASS_TAG = 7;

    private final Map<String, byte[]> classFiles;
    private final String notFollowed;

    /** @param notFollowed a class whose references do not count */
    ClassReferences(Map<String, byte[]> classFiles, String notFollowed) {
        this.classFiles = classFiles;
        this.notFollowed = notFollowed;
    }

    /** Internal names, those of the roots as well. */
    Set<String> from(Collection<String> roots) {
        Set<String> reached = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            String name = open.pop();
            byte[] classFile = classFiles.get(name);
            if (classFile != null && !name.equals(notFollowed) && reached.add(name)) {
                addReferences(new ClassReader(classFile), open);
            }
        }
        return reached;
    }

    private static void addReferences(ClassReader reader, Deque<String> names) {
        char[] buffer = new char[reader.getMaxStringLength()];
        for (int i = 1; i < reader.getItemCount(); i++) {
            int offset = reader.getItem(i);
            if (offset > 0 && reader.readByte(offset - 1) == CLASS_TAG) {
                names.push(elementName(reader.readUTF8(offset, buffer)));
            }
        }
    }

    /** {@code a/B} of {@code a/B} and of {@code [La/B;}. */
    private static String elementName(String constant) {
        return constant.startsWith("[") && constant.endsWith(";")
                ? constant.substring(constant.indexOf('L') + 1, constant.length() - 1)
                : constant;
    }
}
