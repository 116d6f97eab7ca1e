// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Puts the numbers of sites beside an application's calls.
 *
 * <p>Calls stay as they are: only a number is passed before them, and, for all but Unsafe, taken back after them. No branch is
 * added, so stack map frames stay too.
 */
public final class SiteWeaver {

    private static final String SITES = "java/lang/foreign/MetallocSites";

    private SiteWeaver() {}

    /** The class with its numbers, or null where it has no such call. */
    public static byte @Nullable [] weave(byte[] classFile, SiteCalls calls) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        NumberedClass numbered = new NumberedClass(writer, calls);
        reader.accept(numbered, 0);
        return numbered.callCount == 0 ? null : writer.toByteArray();
    }

    private static final class NumberedClass extends ClassVisitor {
        private final SiteCalls calls;
        private int callCount;

        NumberedClass(ClassVisitor next, SiteCalls calls) {
            super(Opcodes.ASM9, next);
            this.calls = calls;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor visitor = super.visitMethod(access, name, descriptor, signature, exceptions);
            return visitor == null || !calls.namesMethod(name) ? visitor : new NumberedMethod(visitor, name, this);
        }
    }

    private static final class NumberedMethod extends MethodVisitor {
        private final String method;
        private final NumberedClass owner;

        NumberedMethod(MethodVisitor next, String method, NumberedClass owner) {
            super(Opcodes.ASM9, next);
            this.method = method;
            this.owner = owner;
        }

        @Override
        public void visitMethodInsn(int opcode, String called, String name, String descriptor, boolean isInterface) {
            HookGroup group = SiteCalls.groupOf(called, name, descriptor);
            int number = group == null ? 0 : owner.calls.number(method, group);
            if (number == 0) {
                super.visitMethodInsn(opcode, called, name, descriptor, isInterface);
                return;
            }
            owner.callCount++;
            super.visitLdcInsn(number);
            if (group == HookGroup.UNSAFE) {
                call("unsafeSize", "(JI)J");
                super.visitMethodInsn(opcode, called, name, descriptor, isInterface);
            } else {
                call("enter", "(I)V");
                super.visitMethodInsn(opcode, called, name, descriptor, isInterface);
                call("leave", "()V");
            }
        }

        private void call(String name, String descriptor) {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, SITES, name, descriptor, false);
        }
    }
}
