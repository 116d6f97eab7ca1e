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
    private static final String RUN_ARENA_HOOKS = "jdk/internal/foreign/MetallocArenaHooks";
    private static final String RUN_DOWNCALL_HOOKS = "jdk/internal/foreign/MetallocDowncallHooks";
    private static final String RUN_DIRECT_HOOKS = "jdk/internal/foreign/MetallocDirectHooks";

    /** What is outside of java.base sees the hooks here. */
    private static final String RUN_UNSAFE_HOOKS = "java/lang/foreign/MetallocUnsafeHooks";

    private static final String UNSAFE = "sun/misc/Unsafe";
    private static final String INTERNAL_UNSAFE = "jdk/internal/misc/Unsafe";
    private static final String U = "(L" + INTERNAL_UNSAFE + ";";
    private static final String BUFFER = "java/nio/DirectByteBuffer";
    private static final String BITS = "java/nio/Bits";
    /** Makes the temporary buffers of channels: from JDK 25 on it asks for their memory itself. */
    private static final String CHANNEL_BUFFERS = "sun/nio/ch/Util";

    /** One for each mapping of a file: made once that is there, told to end it. */
    private static final String UNMAPPER = "sun/nio/ch/FileChannelImpl$Unmapper";

    private static final String CLEANER = "jdk/internal/ref/Cleaner";
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
        if (className.equals(UNSAFE)) {
            return RUN_UNSAFE_HOOKS;
        }
        if (className.equals(LINKER)) {
            return RUN_DOWNCALL_HOOKS;
        }
        boolean isDirect =
                className.startsWith(BUFFER) || className.startsWith(BITS) || className.equals(CHANNEL_BUFFERS);
        return isDirect ? RUN_DIRECT_HOOKS : RUN_ARENA_HOOKS;
    }

    static List<Hook> hooks(AgentMode mode) {
        List<Hook> hooks = new ArrayList<>();
        addRawMemory(hooks);
        hooks.add(downcall());
        if (mode == AgentMode.PROFILE) {
            addProfiledArenas(hooks);
            addMappedFiles(hooks);
        } else {
            addDispatchedArenas(hooks);
            addZeroing(hooks);
            addDirectAccount(hooks);
        }
        return hooks;
    }

    /** How a direct buffer is zeroed differs from JDK to JDK. */
    private static void addZeroing(List<Hook> hooks) {
        hooks.add(zeroing(BITS, "directZero", "(JJB)V"));
        hooks.add(zeroing(INTERNAL_UNSAFE, "directZeroByUnsafe", U + "JJB)V"));
    }

    private static Hook zeroing(String calledOwner, String hookName, String hookDescriptor) {
        return new Hook(
                HookGroup.DIRECT_BUFFER,
                BUFFER,
                "<init>",
                "(I)V",
                Hook.Kind.REPLACE_CALL_IF_ANY,
                calledOwner,
                "setMemory",
                List.of(),
                hookName,
                hookDescriptor);
    }

    /** What a direct buffer costs beside its memory: the account of all of it, and the cleaner. */
    private static void addDirectAccount(List<Hook> hooks) {
        String pair = "(JJ)V";
        hooks.add(direct(BUFFER, "<init>", "(I)V", BITS, "reserveMemory", "directReserve", pair));
        hooks.add(direct(BUFFER, "<init>", "(I)V", BITS, "unreserveMemory", "directUnreserve", pair));
        hooks.add(direct(BUFFER + "$Deallocator", "run", "()V", BITS, "unreserveMemory", "directUnreserve", pair));
        String references = "jdk/internal/access/JavaLangRefAccess";
        hooks.add(direct(
                BITS,
                "reserveMemory",
                pair,
                references,
                "waitForReferenceProcessing",
                "directAwait",
                "(L" + references + ";)Z"));
        String pool = BITS + "$1";
        String atomic = "java/util/concurrent/atomic/AtomicLong";
        String figure = "(L" + atomic + ";)J";
        hooks.add(direct(pool, "getCount", "()J", atomic, "get", "directCount", figure));
        hooks.add(direct(pool, "getTotalCapacity", "()J", atomic, "get", "directBytes", figure));
        hooks.add(direct(pool, "getMemoryUsed", "()J", atomic, "get", "directBytes", figure));
        hooks.add(new Hook(
                HookGroup.DIRECT_BUFFER,
                BUFFER,
                "<init>",
                "(I)V",
                Hook.Kind.REPLACE_CALL_IF_ANY,
                CLEANER,
                "create",
                List.of(),
                "directCleaner",
                "(Ljava/lang/Object;Ljava/lang/Runnable;)L" + CLEANER + ";"));
        // A block of ours must not go to free where the cleaner finds no room on the heap.
        hooks.add(new Hook(
                HookGroup.DIRECT_BUFFER,
                BUFFER,
                "<init>",
                "(I)V",
                Hook.Kind.REPLACE_CALL_IF_ANY,
                INTERNAL_UNSAFE,
                "freeMemory",
                List.of(),
                "directFree",
                U + "J)V"));
    }

    private static Hook direct(
            String className,
            String methodName,
            String methodDescriptor,
            String calledOwner,
            String calledName,
            String hookName,
            String hookDescriptor) {
        return new Hook(
                HookGroup.DIRECT_BUFFER,
                className,
                methodName,
                methodDescriptor,
                Hook.Kind.REPLACE_CALL,
                calledOwner,
                calledName,
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
        hooks.add(internal(
                HookGroup.DIRECT_BUFFER, BUFFER, "<init>", "(I)V", "allocateMemory", "directAllocate", U + "J)J"));
        hooks.add(internal(
                HookGroup.DIRECT_BUFFER, BUFFER + "$Deallocator", "run", "()V", "freeMemory", "directFree", U + "J)V"));
        hooks.add(channelBuffer("allocateMemory", "directAllocate", U + "J)J"));
        hooks.add(channelBuffer("freeMemory", "directFree", U + "J)V"));
    }

    private static Hook channelBuffer(String calledName, String hookName, String hookDescriptor) {
        return new Hook(
                HookGroup.CHANNEL_BUFFER,
                CHANNEL_BUFFERS,
                "*",
                "*",
                Hook.Kind.REPLACE_CALL_IF_ANY,
                INTERNAL_UNSAFE,
                calledName,
                List.of(),
                hookName,
                hookDescriptor);
    }

    private static void addProfiledArenas(List<Hook> hooks) {
        hooks.add(arena("ofConfined", "confinedArena"));
        hooks.add(arena("ofShared", "sharedArena"));
        hooks.add(arena("ofAuto", "automaticArena"));
        hooks.add(arena("global", "globalArena"));
        hooks.add(new Hook(
                HookGroup.CONFINED_ARENA,
                SEGMENTS,
                "allocateNativeInternal",
                "(JJ" + SESSION + "ZZ)J",
                Hook.Kind.FILTER_CALL,
                SEGMENTS,
                "allocateMemoryWrapper",
                List.of(),
                "confinedAllocated",
                "(JJJ" + SESSION + "ZZ)J"));
        hooks.add(new Hook(
                HookGroup.CONFINED_ARENA,
                "jdk/internal/foreign/MemorySessionImpl",
                "close",
                "()V",
                Hook.Kind.AT_RETURN,
                "",
                "",
                List.of(),
                "confinedClosed",
                "(" + SESSION + ")V"));
    }

    private static void addMappedFiles(List<Hook> hooks) {
        String mapping = "(JJJLjava/io/FileDescriptor;I)V";
        hooks.add(new Hook(
                HookGroup.MAPPED_FILE,
                UNMAPPER,
                "<init>",
                mapping,
                Hook.Kind.FILTER_CALL,
                "java/lang/Object",
                "<init>",
                List.of(),
                "mapped",
                mapping));
        hooks.add(new Hook(
                HookGroup.MAPPED_FILE,
                UNMAPPER,
                "unmap",
                "()V",
                Hook.Kind.AT_START,
                "",
                "",
                List.of(),
                "unmapped",
                "(Ljdk/internal/access/foreign/UnmapperProxy;)V"));
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
        hooks.add(new Hook(
                HookGroup.SEGMENT,
                SEGMENTS,
                "*",
                "*",
                Hook.Kind.REPLACE_CALL_IF_ANY,
                SEGMENTS,
                "initNativeMemory",
                List.of(),
                "segmentZero",
                "(JJ)V"));
        hooks.add(internal(HookGroup.SEGMENT, SEGMENTS + "$1", "*", "*", "freeMemory", "segmentFree", U + "J)V"));
    }

    private static Hook downcall() {
        return new Hook(
                HookGroup.DOWNCALL,
                LINKER,
                "downcallHandle",
                "(" + SEGMENT + FUNCTION + OPTIONS + ")" + HANDLE,
                Hook.Kind.FILTER_RETURN,
                "",
                "",
                List.of(SEGMENT, FUNCTION, OPTIONS),
                "downcall",
                "(" + HANDLE + SEGMENT + FUNCTION + OPTIONS + ")" + HANDLE);
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
