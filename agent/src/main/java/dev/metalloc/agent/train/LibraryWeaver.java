// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Puts hooks into the allocators of Netty (4.1, 4.2) and Arrow, so that buffers are seen and not only the chunks they come
 * from.
 *
 * <p>Each hook stands at one place of one method: after a call, before a call, or at the beginning.
 */
public final class LibraryWeaver {

    private static final String HOOKS = "java/lang/foreign/MetallocBufferHooks";
    private static final String NETTY = "io/netty/buffer/";
    private static final String ARROW = "org/apache/arrow/memory/";
    private static final String ADAPTIVE_BUFFER = NETTY + "AdaptivePoolingAllocator$AdaptiveByteBuf";
    private static final String POOLED_BUFFER = NETTY + "PooledByteBuf";
    private static final String NEW_DIRECT_BUFFER = "(II)L" + NETTY + "ByteBuf;";

    private enum Position {
        AFTER_CALL,
        BEFORE_CALL,
        AT_BEGIN
    }

    /**
     * One hook.
     *
     * @param descriptor of the method hooked
     * @param called name of the method called, for the first two positions; its result, or its receiver, is the hook's first argument
     */
    private record Place(
            String className, String methodName, String descriptor, Position position, String called, Code code) {}

    /** Writes the hook's call; on the stack is what the position says. */
    private interface Code {
        void write(MethodVisitor out);
    }

    private static final List<Place> PLACES = List.of(
            new Place(
                    NETTY + "PooledByteBufAllocator",
                    "newDirectBuffer",
                    NEW_DIRECT_BUFFER,
                    Position.AFTER_CALL,
                    "allocate",
                    LibraryWeaver::nettyAllocated),
            new Place(
                    NETTY + "AdaptiveByteBufAllocator",
                    "newDirectBuffer",
                    NEW_DIRECT_BUFFER,
                    Position.AFTER_CALL,
                    "allocate",
                    LibraryWeaver::nettyAllocated),
            new Place(POOLED_BUFFER, "deallocate", "()V", Position.AT_BEGIN, "", LibraryWeaver::pooledFreed),
            new Place(ADAPTIVE_BUFFER, "deallocate", "()V", Position.AT_BEGIN, "", LibraryWeaver::adaptiveFreed),
            new Place(
                    NETTY + "PoolArena",
                    "reallocate",
                    "(L" + POOLED_BUFFER + ";I)V",
                    Position.AT_BEGIN,
                    "",
                    out -> nettyReallocated(out, POOLED_BUFFER, 1, 2)),
            new Place(
                    NETTY + "AdaptivePoolingAllocator",
                    "reallocate",
                    "(IIL" + ADAPTIVE_BUFFER + ";)V",
                    Position.AT_BEGIN,
                    "",
                    out -> nettyReallocated(out, ADAPTIVE_BUFFER, 3, 1)),
            new Place(
                    ARROW + "BaseAllocator",
                    "bufferWithoutReservation",
                    "(JL" + ARROW + "BufferManager;)L" + ARROW + "ArrowBuf;",
                    Position.AFTER_CALL,
                    "newAllocationManager",
                    LibraryWeaver::arrowAllocated),
            new Place(
                    ARROW + "AllocationManager",
                    "release",
                    "(L" + ARROW + "BufferLedger;)V",
                    Position.BEFORE_CALL,
                    "release0",
                    LibraryWeaver::arrowFreed));

    private LibraryWeaver() {}

    /** Whether there are hooks for this class, given by its internal name. */
    public static boolean knows(String className) {
        if (!className.startsWith(NETTY) && !className.startsWith(ARROW)) {
            return false;
        }
        for (Place place : PLACES) {
            if (place.className().equals(className)) {
                return true;
            }
        }
        return false;
    }

    public static boolean isNetty(String className) {
        return className.startsWith(NETTY);
    }

    /** The class with its hooks, or null where one found no place: an unknown shape. */
    public static byte @Nullable [] weave(String className, byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        WovenClass woven = new WovenClass(writer, className);
        reader.accept(woven, 0);
        return woven.isWhole() ? writer.toByteArray() : null;
    }

    private static void call(MethodVisitor out, String name, String descriptor) {
        out.visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, name, descriptor, false);
    }

    private static void isDirect(MethodVisitor out, String type, int slot) {
        out.visitVarInsn(Opcodes.ALOAD, slot);
        out.visitMethodInsn(Opcodes.INVOKEVIRTUAL, type, "isDirect", "()Z", false);
    }

    private static void nettyAllocated(MethodVisitor out) {
        out.visitInsn(Opcodes.DUP);
        out.visitVarInsn(Opcodes.ILOAD, 1);
        call(out, "nettyAllocated", "(Ljava/lang/Object;I)V");
    }

    private static void pooledFreed(MethodVisitor out) {
        out.visitVarInsn(Opcodes.ALOAD, 0);
        isDirect(out, POOLED_BUFFER, 0);
        call(out, "nettyFreed", "(Ljava/lang/Object;Z)V");
    }

    /** A buffer that was never cut, because that failed, has no parent, and throws when it is asked what it is. */
    private static void adaptiveFreed(MethodVisitor out) {
        Label end = new Label();
        out.visitVarInsn(Opcodes.ALOAD, 0);
        out.visitFieldInsn(Opcodes.GETFIELD, ADAPTIVE_BUFFER, "rootParent", "L" + NETTY + "AbstractByteBuf;");
        out.visitJumpInsn(Opcodes.IFNULL, end);
        out.visitVarInsn(Opcodes.ALOAD, 0);
        isDirect(out, ADAPTIVE_BUFFER, 0);
        call(out, "nettyFreed", "(Ljava/lang/Object;Z)V");
        out.visitLabel(end);
        out.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
    }

    private static void nettyReallocated(MethodVisitor out, String type, int slot, int sizeSlot) {
        out.visitVarInsn(Opcodes.ALOAD, slot);
        isDirect(out, type, slot);
        out.visitVarInsn(Opcodes.ILOAD, sizeSlot);
        call(out, "nettyReallocated", "(Ljava/lang/Object;ZI)V");
    }

    private static void arrowAllocated(MethodVisitor out) {
        out.visitInsn(Opcodes.DUP);
        out.visitVarInsn(Opcodes.LLOAD, 1);
        call(out, "arrowAllocated", "(Ljava/lang/Object;J)V");
    }

    private static void arrowFreed(MethodVisitor out) {
        out.visitInsn(Opcodes.DUP);
        call(out, "arrowFreed", "(Ljava/lang/Object;)V");
    }

    private static final class WovenClass extends ClassVisitor {
        private final String className;
        private int wantedCount;
        private int placedCount;
        private boolean hasParent;

        WovenClass(ClassVisitor next, String className) {
            super(Opcodes.ASM9, next);
            this.className = className;
            for (Place place : PLACES) {
                wantedCount += place.className().equals(className) ? 1 : 0;
            }
        }

        boolean isWhole() {
            return placedCount == wantedCount && (hasParent || !className.equals(ADAPTIVE_BUFFER));
        }

        @Override
        public net.bytebuddy.jar.asm.@Nullable FieldVisitor visitField(
                int access, String name, String descriptor, @Nullable String signature, @Nullable Object value) {
            hasParent |= name.equals("rootParent") && descriptor.equals("L" + NETTY + "AbstractByteBuf;");
            return super.visitField(access, name, descriptor, signature, value);
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor visitor = super.visitMethod(access, name, descriptor, signature, exceptions);
            for (Place place : PLACES) {
                if (visitor != null
                        && place.className().equals(className)
                        && place.methodName().equals(name)
                        && place.descriptor().equals(descriptor)) {
                    visitor = new WovenMethod(visitor, place, this);
                }
            }
            return visitor;
        }
    }

    private static final class WovenMethod extends MethodVisitor {
        private final Place place;
        private final WovenClass owner;

        WovenMethod(MethodVisitor next, Place place, WovenClass owner) {
            super(Opcodes.ASM9, next);
            this.place = place;
            this.owner = owner;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            if (place.position() == Position.AT_BEGIN) {
                place();
            }
        }

        @Override
        public void visitMethodInsn(int opcode, String called, String name, String descriptor, boolean isInterface) {
            boolean here = name.equals(place.called());
            if (here && place.position() == Position.BEFORE_CALL) {
                place();
            }
            super.visitMethodInsn(opcode, called, name, descriptor, isInterface);
            if (here && place.position() == Position.AFTER_CALL) {
                place();
            }
        }

        private void place() {
            place.code().write(mv);
            owner.placedCount++;
        }
    }
}
