// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/** Has the class that chooses a library's default pass its choice through the runtime. */
public final class ChoiceWeaver {

    private static final String LOOKUP = "java/lang/invoke/MethodHandles$Lookup";

    private ChoiceWeaver() {}

    /** Null where the class has no such choice. */
    public static byte @Nullable [] weave(LibraryChoice library, byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        ChoosingClass choosing = new ChoosingClass(writer, library);
        reader.accept(choosing, 0);
        return choosing.found ? writer.toByteArray() : null;
    }

    private static final class ChoosingClass extends ClassVisitor {
        private final LibraryChoice library;
        private boolean found;

        ChoosingClass(ClassVisitor next, LibraryChoice library) {
            super(Opcodes.ASM9, next);
            this.library = library;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
            return method == null ? null : new Choice(method, this);
        }
    }

    private static final class Choice extends MethodVisitor {
        private final ChoosingClass owner;

        Choice(MethodVisitor next, ChoosingClass owner) {
            super(Opcodes.ASM9, next);
            this.owner = owner;
        }

        @Override
        public void visitFieldInsn(int opcode, String type, String name, String descriptor) {
            LibraryChoice library = owner.library;
            if (opcode == Opcodes.PUTSTATIC && type.equals(library.chooser()) && name.equals(library.field())) {
                owner.found = true;
                super.visitMethodInsn(
                        Opcodes.INVOKESTATIC, "java/lang/invoke/MethodHandles", "lookup", "()L" + LOOKUP + ";", false);
                super.visitMethodInsn(
                        Opcodes.INVOKESTATIC,
                        library.runtime(),
                        "over",
                        "(Ljava/lang/Object;L" + LOOKUP + ";)Ljava/lang/Object;",
                        false);
                super.visitTypeInsn(Opcodes.CHECKCAST, library.type());
            }
            super.visitFieldInsn(opcode, type, name, descriptor);
        }
    }
}
