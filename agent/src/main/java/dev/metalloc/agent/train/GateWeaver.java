// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Changes {@code java.util.EventObject} so that it defines classes in java.base: {@code getSource()} of an event whose source is a
 * {@code byte[][]} defines these class files and answers with an instance of the last.
 *
 * <p>It stands so for some milliseconds, before the application's own code. The way through {@code redefineModule} and a lookup makes half a
 * dozen lambdas, which cost every start more than all the rest.
 */
public final class GateWeaver {

    static final String GATE_CLASS = "java/util/EventObject";

    private static final String GATE_METHOD = "getSource";
    private static final String GATE_FIELD = "source";
    private static final String OBJECT = "java/lang/Object";
    private static final String FILES = "[[B";
    private static final String UNSAFE = "jdk/internal/misc/Unsafe";

    private GateWeaver() {}

    /** Null where the class has another shape. */
    static byte @Nullable [] weave(byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        GateClass gate = new GateClass(writer);
        reader.accept(gate, 0);
        return gate.hasField && gate.hasMethod ? writer.toByteArray() : null;
    }

    private static final class GateClass extends ClassVisitor {
        private boolean hasField;
        private boolean hasMethod;

        GateClass(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public @Nullable FieldVisitor visitField(
                int access, String name, String descriptor, @Nullable String signature, @Nullable Object value) {
            hasField |= name.equals(GATE_FIELD) && descriptor.equals("L" + OBJECT + ";");
            return super.visitField(access, name, descriptor, signature, value);
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
            if (method == null || !name.equals(GATE_METHOD) || !descriptor.equals("()L" + OBJECT + ";")) {
                return method;
            }
            hasMethod = true;
            write(method);
            return null;
        }

        private static void write(MethodVisitor method) {
            Label ordinary = new Label();
            Label next = new Label();
            Label done = new Label();
            method.visitCode();
            loadSource(method);
            method.visitTypeInsn(Opcodes.INSTANCEOF, FILES);
            method.visitJumpInsn(Opcodes.IFEQ, ordinary);
            loadSource(method);
            method.visitTypeInsn(Opcodes.CHECKCAST, FILES);
            method.visitVarInsn(Opcodes.ASTORE, 1);
            method.visitInsn(Opcodes.ACONST_NULL);
            method.visitVarInsn(Opcodes.ASTORE, 2);
            method.visitInsn(Opcodes.ICONST_0);
            method.visitVarInsn(Opcodes.ISTORE, 3);
            method.visitLabel(next);
            frame(method, FILES, "java/lang/Class", Opcodes.INTEGER);
            method.visitVarInsn(Opcodes.ILOAD, 3);
            method.visitVarInsn(Opcodes.ALOAD, 1);
            method.visitInsn(Opcodes.ARRAYLENGTH);
            method.visitJumpInsn(Opcodes.IF_ICMPGE, done);
            define(method);
            method.visitVarInsn(Opcodes.ASTORE, 2);
            method.visitIincInsn(3, 1);
            method.visitJumpInsn(Opcodes.GOTO, next);
            method.visitLabel(done);
            frame(method, FILES, "java/lang/Class", Opcodes.INTEGER);
            internalUnsafe(method);
            method.visitVarInsn(Opcodes.ALOAD, 2);
            method.visitMethodInsn(
                    Opcodes.INVOKEVIRTUAL, UNSAFE, "allocateInstance", "(Ljava/lang/Class;)L" + OBJECT + ";", false);
            method.visitInsn(Opcodes.ARETURN);
            method.visitLabel(ordinary);
            frame(method);
            loadSource(method);
            method.visitInsn(Opcodes.ARETURN);
            method.visitMaxs(0, 0);
            method.visitEnd();
        }

        /** The class of the file that the counter in slot 3 is at. */
        private static void define(MethodVisitor method) {
            internalUnsafe(method);
            method.visitInsn(Opcodes.ACONST_NULL);
            loadFile(method);
            method.visitInsn(Opcodes.ICONST_0);
            loadFile(method);
            method.visitInsn(Opcodes.ARRAYLENGTH);
            method.visitInsn(Opcodes.ACONST_NULL);
            method.visitInsn(Opcodes.ACONST_NULL);
            method.visitMethodInsn(
                    Opcodes.INVOKEVIRTUAL,
                    UNSAFE,
                    "defineClass",
                    "(Ljava/lang/String;[BIILjava/lang/ClassLoader;Ljava/security/ProtectionDomain;)Ljava/lang/Class;",
                    false);
        }

        private static void loadFile(MethodVisitor method) {
            method.visitVarInsn(Opcodes.ALOAD, 1);
            method.visitVarInsn(Opcodes.ILOAD, 3);
            method.visitInsn(Opcodes.AALOAD);
        }

        private static void loadSource(MethodVisitor method) {
            method.visitVarInsn(Opcodes.ALOAD, 0);
            method.visitFieldInsn(Opcodes.GETFIELD, GATE_CLASS, GATE_FIELD, "L" + OBJECT + ";");
        }

        private static void internalUnsafe(MethodVisitor method) {
            method.visitMethodInsn(Opcodes.INVOKESTATIC, UNSAFE, "getUnsafe", "()L" + UNSAFE + ";", false);
        }

        private static void frame(MethodVisitor method, Object... locals) {
            Object[] all = new Object[locals.length + 1];
            all[0] = GATE_CLASS;
            System.arraycopy(locals, 0, all, 1, locals.length);
            method.visitFrame(Opcodes.F_FULL, all.length, all, 0, new Object[0]);
        }
    }
}
