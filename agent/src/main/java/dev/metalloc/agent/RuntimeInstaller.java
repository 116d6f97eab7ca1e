// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.PreparedImage;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
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
    private static final String VISIBLE_PACKAGE = "java.lang.foreign";

    /** Run mode's hooks and what they, the plan and the exit line touch before memory is asked for. */
    private static final Set<String> AT_START = Set.of(
            "jdk/internal/foreign/MetallocRunHooks",
            "jdk/internal/foreign/MetallocRunState",
            "jdk/internal/foreign/MetallocStartGate",
            "jdk/internal/foreign/MetallocFailsafe",
            "jdk/internal/foreign/MetallocExitRegistrar",
            "jdk/internal/foreign/MetallocShutdown",
            "jdk/internal/foreign/MetallocEntryPoint",
            "jdk/internal/foreign/MetallocAllocatorSpec");

    private RuntimeInstaller() {}

    /** Whether an earlier agent of this JVM has done it already. */
    static boolean isInstalled() {
        try {
            Class.forName(PACKAGE + ".MetallocFailsafe", false, null);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * Opens the way for the runtime and defines it; in run mode only what the hooks need until they are asked for memory.
     *
     * @throws ReflectiveOperationException where this JDK lacks what is needed
     */
    static void install(Instrumentation instrumentation, AgentMode mode, PreparedImage image)
            throws ReflectiveOperationException {
        Set<Module> agent = Set.of(RuntimeInstaller.class.getModule());
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(PACKAGE, readers()),
                Map.of(PACKAGE, agent, VISIBLE_PACKAGE, agent),
                Set.of(),
                Map.of());
        define(image, true);
        if (mode != AgentMode.RUN) {
            define(image, false);
        }
    }

    /** Defines what {@link #install} left for later. */
    static void defineRest(PreparedImage image) throws ReflectiveOperationException {
        define(image, false);
    }

    private static void define(PreparedImage image, boolean atStart) throws ReflectiveOperationException {
        // A lookup defines without reflection, whose first calls make classes of their own.
        MethodHandles.Lookup hidden = lookup(PACKAGE + ".MemorySessionImpl");
        MethodHandles.Lookup visible = lookup(VISIBLE_PACKAGE + ".MemorySegment");
        String visiblePrefix = VISIBLE_PACKAGE.replace('.', '/') + '/';
        for (PreparedImage.ClassFile file : image.runtimeClasses()) {
            if (AT_START.contains(file.name()) == atStart) {
                (file.name().startsWith(visiblePrefix) ? visible : hidden).defineClass(file.bytes());
            }
        }
    }

    private static MethodHandles.Lookup lookup(String className) throws ReflectiveOperationException {
        return MethodHandles.privateLookupIn(Class.forName(className, false, null), MethodHandles.lookup());
    }

    /** The agent, and the module of {@code sun.misc.Unsafe}, whose hooks call into the package. */
    private static Set<Module> readers() {
        Set<Module> readers = new HashSet<>();
        readers.add(RuntimeInstaller.class.getModule());
        Optional<Module> unsupported = ModuleLayer.boot().findModule("jdk.unsupported");
        if (unsupported.isPresent()) {
            readers.add(unsupported.get());
        }
        return readers;
    }
}
