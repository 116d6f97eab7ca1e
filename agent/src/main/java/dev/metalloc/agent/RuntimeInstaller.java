// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.PreparedImage;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Defines the runtime's classes in java.base, in the package of the JDK's own foreign-memory code.
 *
 * <p>There they are visible from every loader's classes that the hooks sit in, may use native access whatever the
 * application's policy is, and have final fields that the JIT takes for constants.
 */
final class RuntimeInstaller {

    private static final String PACKAGE = "jdk.internal.foreign";

    private RuntimeInstaller() {}

    /** Whether an earlier agent of this JVM has done it already. */
    static boolean isInstalled() {
        try {
            Class.forName(PACKAGE + ".MetallocOwnerThread", false, null);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * Opens the way for the runtime and defines it.
     *
     * @throws ReflectiveOperationException where this JDK lacks what is needed
     */
    static void install(Instrumentation instrumentation, PreparedImage image) throws ReflectiveOperationException {
        Module base = Object.class.getModule();
        Module agent = RuntimeInstaller.class.getModule();
        instrumentation.redefineModule(
                base,
                Set.of(),
                Map.of("jdk.internal.misc", Set.of(agent), PACKAGE, readers(agent)),
                Map.of(),
                Set.of(),
                Map.of());
        Class<?> unsafeType = Class.forName("jdk.internal.misc.Unsafe");
        Object unsafe = unsafeType.getMethod("getUnsafe").invoke(null);
        Method define = unsafeType.getMethod(
                "defineClass",
                String.class,
                byte[].class,
                int.class,
                int.class,
                ClassLoader.class,
                ProtectionDomain.class);
        for (PreparedImage.ClassFile file : image.runtimeClasses()) {
            define.invoke(unsafe, file.name(), file.bytes(), 0, file.bytes().length, null, null);
        }
    }

    /** The agent, and the module of {@code sun.misc.Unsafe}, whose hooks call into the package. */
    private static Set<Module> readers(Module agent) {
        Set<Module> readers = new HashSet<>();
        readers.add(agent);
        Optional<Module> unsupported = ModuleLayer.boot().findModule("jdk.unsupported");
        if (unsupported.isPresent()) {
            readers.add(unsupported.get());
        }
        return readers;
    }
}
