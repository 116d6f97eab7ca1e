// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.JdkAccess;
import dev.metalloc.agent.train.PreparedImage;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
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

    /**
     * Defines what of the runtime is needed at once, and lets the agent's own classes see it.
     *
     * @param isDefined whether the first has been done already
     * @throws ReflectiveOperationException where this JDK lacks what is needed
     */
    static void install(Instrumentation instrumentation, PreparedImage image, boolean isDefined)
            throws ReflectiveOperationException, UnmodifiableClassException {
        if (!isDefined) {
            byte[][] classFiles = new byte[image.startClasses().size()][];
            for (int i = 0; i < classFiles.length; i++) {
                classFiles[i] = image.startClasses().get(i).bytes();
            }
            try {
                Gate.define(instrumentation, image.gate().open(), classFiles);
            } finally {
                instrumentation.redefineClasses(Gate.closed(image.gate().closed()));
            }
        }
        open(instrumentation);
        JdkAccess.find();
    }

    /** Lets the agent's own classes, and the module of {@code sun.misc.Unsafe}, call into the runtime. */
    static void open(Instrumentation instrumentation) {
        instrumentation.redefineModule(
                Object.class.getModule(), Set.of(), Map.of(PACKAGE, readers()), Map.of(), Set.of(), Map.of());
    }

    /** Defines what {@link #install} left for later. */
    static void defineRest(PreparedImage.LaterClasses classes) throws IOException, ClassNotFoundException {
        JdkAccess jdk = JdkAccess.find();
        for (PreparedImage.ClassFile file : classes.read()) {
            jdk.defineClass(file.name(), file.bytes());
        }
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
