// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import dev.metalloc.agent.AgentMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Which places of the JDK are hooked in which mode.
 *
 * <p>Not the internal Unsafe itself, but its callers: its other users stay undisturbed, and no hook can call itself.
 */
final class HookTable {

    private static final String PROFILE_HOOKS = "jdk/internal/foreign/MetallocProfileHooks";
    private static final String RUN_HOOKS = "jdk/internal/foreign/MetallocRunHooks";

    /** What is outside of java.base sees the hooks here. */
    private static final String RUN_UNSAFE_HOOKS = "java/lang/foreign/MetallocUnsafeHooks";

    private static final String UNSAFE = "sun/misc/Unsafe";
    private static final String INTERNAL_UNSAFE = "jdk/internal/misc/Unsafe";
    private static final String U = "(L" + INTERNAL_UNSAFE + ";";
    private static final String ARENA = "java/lang/foreign/Arena";
    private static final String TO_ARENA = "()L" + ARENA + ";";
    private static final String ARENA_FILTER = "(L" + ARENA + ";)L" + ARENA + ";";
    private static final String SEGMENTS = "jdk/internal/foreign/SegmentFactories";
    private static final String SESSION = "Ljdk/internal/foreign/MemorySessionImpl;";
    private static final String LINKER = "jdk/internal/foreign/abi/AbstractLinker";
    private static final String SEGMENT = "Ljava/lang/foreign/MemorySegment;";
    private static final String FUNCTION = "Ljava/lang/foreign/FunctionDescriptor;";
    private static final String OPTIONS = "[Ljava/lang/foreign/Linker$Option;";
    private static final String HANDLE = "Ljava/lang/invoke/MethodHandle;";

    private HookTable() {}

    /** The class whose methods the hooks in a class of the JDK are. */
    static String hookClass(AgentMode mode, String className) {
        if (mode == AgentMode.PROFILE) {
            return PROFILE_HOOKS;
        }
        return className.equals(UNSAFE) ? RUN_UNSAFE_HOOKS : RUN_HOOKS;
    }

    static List<Hook> hooks(AgentMode mode) {
        List<Hook> hooks = new ArrayList<>();
        addRawMemory(hooks);
        if (mode == AgentMode.PROFILE) {
            addProfiledArenas(hooks);
        } else {
            addDispatchedArenas(hooks);
            addZeroing(hooks);
        }
        return hooks;
    }

    /** How a direct buffer is zeroed differs from JDK to JDK. */
    private static void addZeroing(List<Hook> hooks) {
        hooks.add(zeroing("java/nio/Bits", "directZero", "(JJB)V"));
        hooks.add(zeroing(INTERNAL_UNSAFE, "directZeroByUnsafe", U + "JJB)V"));
    }

    private static Hook zeroing(String calledOwner, String hookName, String hookDescriptor) {
        return new Hook(
                HookGroup.DIRECT_BUFFER,
                "java/nio/DirectByteBuffer",
                "<init>",
                "(I)V",
                Hook.Kind.REPLACE_CALL_IF_ANY,
                calledOwner,
                "setMemory",
                List.of(),
                hookName,
                hookDescriptor);
    }

    private static void addRawMemory(List<Hook> hooks) {
        hooks.add(internal(
                HookGroup.UNSAFE, UNSAFE, "allocateMemory", "(J)J", "allocateMemory", "unsafeAllocate", U + "J)J"));
        hooks.add(internal(HookGroup.UNSAFE, UNSAFE, "freeMemory", "(J)V", "freeMemory", "unsafeFree", U + "J)V"));
        hooks.add(internal(
                HookGroup.UNSAFE,
                UNSAFE,
                "reallocateMemory",
                "(JJ)J",
                "reallocateMemory",
                "unsafeReallocate",
                U + "JJ)J"));
        String buffer = "java/nio/DirectByteBuffer";
        hooks.add(internal(
                HookGroup.DIRECT_BUFFER, buffer, "<init>", "(I)V", "allocateMemory", "directAllocate", U + "J)J"));
        hooks.add(internal(
                HookGroup.DIRECT_BUFFER, buffer + "$Deallocator", "run", "()V", "freeMemory", "directFree", U + "J)V"));
    }

    private static void addProfiledArenas(List<Hook> hooks) {
        hooks.add(arena("ofConfined", "confinedArena"));
        hooks.add(arena("ofShared", "sharedArena"));
        hooks.add(arena("ofAuto", "automaticArena"));
        hooks.add(arena("global", "globalArena"));
        hooks.add(new Hook(
                HookGroup.DOWNCALL,
                LINKER,
                "downcallHandle",
                "(" + SEGMENT + FUNCTION + OPTIONS + ")" + HANDLE,
                Hook.Kind.FILTER_RETURN,
                "",
                "",
                List.of(SEGMENT, FUNCTION),
                "downcall",
                "(" + HANDLE + SEGMENT + FUNCTION + ")" + HANDLE));
    }

    private static void addDispatchedArenas(List<Hook> hooks) {
        hooks.add(arena("ofConfined", "confinedArena"));
        hooks.add(arena("ofShared", "sharedArena"));
        hooks.add(new Hook(
                HookGroup.SEGMENT,
                SEGMENTS,
                "*",
                "*",
                Hook.Kind.REPLACE_CALL,
                SEGMENTS,
                "allocateMemoryWrapper",
                List.of(SESSION),
                "segmentAllocate",
                "(J" + SESSION + ")J"));
        hooks.add(internal(HookGroup.SEGMENT, SEGMENTS + "$1", "*", "*", "freeMemory", "segmentFree", U + "J)V"));
    }

    private static Hook arena(String factory, String hookName) {
        return new Hook(
                HookGroup.ARENA,
                ARENA,
                factory,
                TO_ARENA,
                Hook.Kind.FILTER_RETURN,
                "",
                "",
                List.of(),
                hookName,
                ARENA_FILTER);
    }

    /** Replaces a call of the internal Unsafe. */
    private static Hook internal(
            HookGroup group,
            String className,
            String methodName,
            String methodDescriptor,
            String calledName,
            String hookName,
            String hookDescriptor) {
        return new Hook(
                group,
                className,
                methodName,
                methodDescriptor,
                Hook.Kind.REPLACE_CALL,
                INTERNAL_UNSAFE,
                calledName,
                List.of(),
                hookName,
                hookDescriptor);
    }
}
