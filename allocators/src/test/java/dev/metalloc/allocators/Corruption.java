// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Changes private records of an allocator, named by a path such as {@code free.counts[3]}. */
final class Corruption {

    private Corruption() {}

    /** Adds to the number at a path. */
    static void add(Object root, String path, long delta) {
        set(root, path, ((Number) read(root, path)).longValue() + delta);
    }

    /** Sets the number at a path. */
    static void set(Object root, String path, long value) {
        try {
            write(root, path, value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(path + " (expected: a field of " + root.getClass() + ")", e);
        }
    }

    private static void write(Object root, String path, long value) throws ReflectiveOperationException {
        int bracket = path.endsWith("]") ? path.lastIndexOf('[') : -1;
        if (bracket >= 0) {
            Object array = read(root, path.substring(0, bracket));
            int index = Integer.parseInt(path.substring(bracket + 1, path.length() - 1));
            if (array instanceof int[] ints) {
                ints[index] = (int) value;
            } else if (array instanceof byte[] bytes) {
                bytes[index] = (byte) value;
            } else {
                Array.setLong(array, index, value);
            }
            return;
        }
        int dot = path.lastIndexOf('.');
        Object owner = dot < 0 ? root : read(root, path.substring(0, dot));
        Field field = field(owner, path.substring(dot + 1));
        if (field.getType() == int.class) {
            field.setInt(owner, (int) value);
        } else {
            field.setLong(owner, value);
        }
    }

    /** Puts an object in the place of the one at a path. */
    static void replace(Object root, String path, @Nullable Object value) {
        try {
            int bracket = path.endsWith("]") ? path.lastIndexOf('[') : -1;
            if (bracket >= 0) {
                int index = Integer.parseInt(path.substring(bracket + 1, path.length() - 1));
                Array.set(read(root, path.substring(0, bracket)), index, value);
                return;
            }
            int dot = path.lastIndexOf('.');
            Object owner = read(root, path.substring(0, dot));
            field(owner, path.substring(dot + 1)).set(owner, value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(path + " (expected: a field of " + root.getClass() + ")", e);
        }
    }

    /** The value at a path. */
    static Object read(Object root, String path) {
        Object value = root;
        try {
            for (String step : path.split("\\.", -1)) {
                int bracket = step.indexOf('[');
                value = present(
                        field(value, bracket < 0 ? step : step.substring(0, bracket))
                                .get(value),
                        path);
                if (bracket >= 0) {
                    int index = Integer.parseInt(step.substring(bracket + 1, step.length() - 1));
                    value = present(Array.get(value, index), path);
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(path + " (expected: a field of " + root.getClass() + ")", e);
        }
        return value;
    }

    private static Object present(Object value, String path) {
        return Objects.requireNonNull(value, path);
    }

    private static Field field(Object owner, String name) throws NoSuchFieldException {
        for (Class<?> type = owner.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(name + " in " + owner.getClass());
    }
}
