// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * Puts hooks into one class file.
 *
 * <p>Only calls are exchanged or added, so stack map frames stay as they are; only the stack's depth is computed anew.
 */
final class HookWeaver {

    private HookWeaver() {}

    /** The class with all the hooks in it, or null where a required one found no place: an unknown shape. */
    static byte @Nullable [] weave(byte[] classFile, List<Hook> hooks, String hookClass) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        boolean[] placed = new boolean[hooks.size()];
        reader.accept(new HookedClass(writer, hooks, hookClass, placed), 0);
        for (int i = 0; i < placed.length; i++) {
            if (!placed[i] && hooks.get(i).isRequired()) {
                return null;
            }
        }
        return writer.toByteArray();
    }

    private static final class HookedClass extends ClassVisitor {
        private final List<Hook> hooks;
        private final String hookClass;
        private final boolean[] placed;

        HookedClass(ClassVisitor next, List<Hook> hooks, String hookClass, boolean[] placed) {
            super(Opcodes.ASM9, next);
            this.hooks = hooks;
            this.hookClass = hookClass;
            this.placed = placed;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor visitor = super.visitMethod(access, name, descriptor, signature, exceptions);
            for (int i = 0; i < hooks.size(); i++) {
                Hook hook = hooks.get(i);
                if (visitor != null && hook.matchesMethod(name, descriptor)) {
                    int[] slots = slots(access, descriptor, hook.loadedParameterTypes());
                    if (slots != null) {
                        visitor = new HookedMethod(visitor, hook, hookClass, access, descriptor, slots, placed, i);
                    }
                }
            }
            return visitor;
        }

        /** Local slots of the parameters to pass on, or null where the method lacks one. */
        private static int @Nullable [] slots(int access, String descriptor, List<String> wanted) {
            int[] slots = new int[wanted.size()];
            Type[] parameters = Type.getArgumentTypes(descriptor);
            for (int w = 0; w < wanted.size(); w++) {
                int slot = (access & Opcodes.ACC_STATIC) != 0 ? 0 : 1;
                int found = -1;
                for (Type parameter : parameters) {
                    if (parameter.getDescriptor().equals(wanted.get(w))) {
                        found = slot;
                    }
                    slot += parameter.getSize();
                }
                if (found < 0) {
                    return null;
                }
                slots[w] = found;
            }
            return slots;
        }
    }

    private static final class HookedMethod extends MethodVisitor {
        private final Hook hook;
        private final String hookClass;
        private final int access;
        private final String descriptor;
        private final int[] slots;
        private final boolean[] placed;
        private final int index;

        HookedMethod(
                MethodVisitor next,
                Hook hook,
                String hookClass,
                int access,
                String descriptor,
                int[] slots,
                boolean[] placed,
                int index) {
            super(Opcodes.ASM9, next);
            this.hook = hook;
            this.hookClass = hookClass;
            this.access = access;
            this.descriptor = descriptor;
            this.slots = slots;
            this.placed = placed;
            this.index = index;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (hook.matchesCall(owner, name)) {
                if (hook.kind() == Hook.Kind.FILTER_CALL) {
                    super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
                    loadParameters();
                }
                callHook();
            } else {
                super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            }
        }

        @Override
        public void visitCode() {
            super.visitCode();
            if (hook.kind() == Hook.Kind.AT_START) {
                super.visitVarInsn(Opcodes.ALOAD, 0);
                callHook();
            }
        }

        @Override
        public void visitInsn(int opcode) {
            if (hook.kind() == Hook.Kind.FILTER_RETURN && opcode == Opcodes.ARETURN) {
                callHook();
            }
            if (hook.kind() == Hook.Kind.AT_RETURN && opcode == Opcodes.RETURN) {
                super.visitVarInsn(Opcodes.ALOAD, 0);
                callHook();
            }
            super.visitInsn(opcode);
        }

        private void loadParameters() {
            int slot = (access & Opcodes.ACC_STATIC) != 0 ? 0 : 1;
            for (Type parameter : Type.getArgumentTypes(descriptor)) {
                super.visitVarInsn(parameter.getOpcode(Opcodes.ILOAD), slot);
                slot += parameter.getSize();
            }
        }

        private void callHook() {
            for (int slot : slots) {
                super.visitVarInsn(Opcodes.ALOAD, slot);
            }
            super.visitMethodInsn(Opcodes.INVOKESTATIC, hookClass, hook.hookName(), hook.hookDescriptor(), false);
            placed[index] = true;
        }
    }
}
