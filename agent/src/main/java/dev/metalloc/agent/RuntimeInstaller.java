// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.JdkAccess;
import dev.metalloc.agent.train.PreparedImage;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.HashSet;
import java.util.List;
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
    /** What defines all others, parent first. */
    private static final Set<String> ACCESS =
            Set.of("jdk/internal/foreign/MetallocJdkAccess", "jdk/internal/foreign/MetallocInternalAccess");

    /** What the calls of numbered sites touch; other applications do without. */
    private static final Set<String> FOR_SITES =
            Set.of("java/lang/foreign/MetallocSites", "jdk/internal/foreign/MetallocPendingSites");

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
     * Opens the way for the runtime and defines what of it is needed at once.
     *
     * @throws ReflectiveOperationException where this JDK lacks what is needed
     */
    static void install(Instrumentation instrumentation, PreparedImage image) throws ReflectiveOperationException {
        Set<Module> agent = Set.of(RuntimeInstaller.class.getModule());
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(PACKAGE, readers()),
                Map.of(PACKAGE, agent),
                Set.of(),
                Map.of());
        defineAccess(image);
        define(image.startClasses(), false);
    }

    /** Defines what calls of numbered sites need, before the first of them. */
    static void defineForSites(PreparedImage image) {
        define(image.startClasses(), true);
    }

    /** Defines what {@link #install} left for later. */
    static void defineRest(PreparedImage image) throws IOException {
        define(image.laterClasses().read(), false);
    }

    /** A lookup defines without reflection, but links at once: it is for the two classes that define the others. */
    private static void defineAccess(PreparedImage image) throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(
                Class.forName(PACKAGE + ".MemorySessionImpl", false, null), MethodHandles.lookup());
        for (PreparedImage.ClassFile file : image.startClasses()) {
            if (ACCESS.contains(file.name())) {
                lookup.ensureInitialized(lookup.defineClass(file.bytes()));
            }
        }
    }

    private static void define(List<PreparedImage.ClassFile> classes, boolean forSites) {
        JdkAccess jdk = JdkAccess.known;
        if (jdk == null) {
            throw new IllegalStateException("the JDK's internals are out of reach");
        }
        for (PreparedImage.ClassFile file : classes) {
            if (FOR_SITES.contains(file.name()) == forSites && !ACCESS.contains(file.name())) {
                jdk.defineClass(file.name(), file.bytes());
            }
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
