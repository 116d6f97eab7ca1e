// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Build step: marks the agent's {@code premain} as one of variable arity.
 *
 * <p>The JDK calls {@code premain} by reflection, for which it makes method handles and spins classes: a third of what an
 * agent costs at the start. For a method of variable arity whose last parameter is no array it uses its native accessor
 * instead ({@code jdk.internal.reflect.MethodHandleAccessorFactory}). The mark means nothing else to the JVM, and no compiler
 * reads the class.
 */
public final class MarkPremain {

    private MarkPremain() {}

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        ClassReader reader = new ClassReader(Files.readAllBytes(file));
        ClassWriter writer = new ClassWriter(reader, 0);
        Marker marker = new Marker(writer);
        reader.accept(marker, 0);
        if (!marker.found) {
            throw new IOException(file + " has no premain (name the class that has it)");
        }
        Files.write(file, writer.toByteArray());
    }

    private static final class Marker extends ClassVisitor {
        private boolean found;

        Marker(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            boolean isPremain = name.equals("premain");
            found |= isPremain;
            return super.visitMethod(
                    isPremain ? access | Opcodes.ACC_VARARGS : access, name, descriptor, signature, exceptions);
        }
    }
}
