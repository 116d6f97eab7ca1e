// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls of one class that are to be numbered: by method, and by what is called. Written once, then read by any thread. */
public final class SiteCalls {

    private static final String UNSAFE = "sun/misc/Unsafe";
    private static final String BUFFER = "java/nio/ByteBuffer";
    private static final String ARENA = "java/lang/foreign/Arena";
    private static final String SEGMENT_ALLOCATOR = "java/lang/foreign/SegmentAllocator";

    private record Wanted(String method, int number, HookGroup group) {}

    private final List<Wanted> wanted = new ArrayList<>();

    /** Numbers what the methods of this name call to get memory through the group's hooks. */
    public void add(String method, int number, HookGroup group) {
        wanted.add(new Wanted(method, number, group));
    }

    boolean namesMethod(String method) {
        for (Wanted each : wanted) {
            if (each.method().equals(method)) {
                return true;
            }
        }
        return false;
    }

    /** The number of a call, or 0 where it has none. */
    int number(String method, HookGroup group) {
        for (Wanted each : wanted) {
            if (each.method().equals(method) && each.group() == group) {
                return each.number();
            }
        }
        return 0;
    }

    /** The group whose hook a call ends in, or null where it asks for no memory. */
    static @Nullable HookGroup groupOf(String owner, String name, String descriptor) {
        if (owner.equals(UNSAFE)) {
            return name.equals("allocateMemory") && descriptor.equals("(J)J") ? HookGroup.UNSAFE : null;
        }
        if (owner.equals(BUFFER)) {
            return name.equals("allocateDirect") ? HookGroup.DIRECT_BUFFER : null;
        }
        boolean isArena = owner.equals(ARENA) || owner.equals(SEGMENT_ALLOCATOR);
        return isArena && name.startsWith("allocate") ? HookGroup.SEGMENT : null;
    }
}
