// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.agent.train.ImageTrainer;
import dev.metalloc.agent.train.PreparedImage;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts the hooks of chosen groups into the running JDK, all of them or none. */
final class HookInstaller implements ClassFileTransformer {

    private final AgentMode mode;
    private final Map<String, PreparedImage.HookedClassFile> files = new HashMap<>();
    private final List<String> placed = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();

    private HookInstaller(AgentMode mode) {
        this.mode = mode;
    }

    /**
     * Installs the hooks.
     *
     * @throws IllegalStateException naming the class, where a class has a shape that the hooks do not know; the JDK is then
     *     as it was
     */
    static void install(Instrumentation instrumentation, AgentMode mode, PreparedImage image, Set<HookGroup> groups)
            throws ClassNotFoundException, UnmodifiableClassException {
        HookInstaller installer = new HookInstaller(mode);
        List<Class<?>> classes = new ArrayList<>();
        for (PreparedImage.HookedClassFile file : image.hookedClasses()) {
            if (groups.contains(file.group())) {
                installer.files.put(file.name(), file);
                classes.add(Class.forName(file.name().replace('/', '.'), false, null));
            }
        }
        if (classes.isEmpty()) {
            return;
        }
        Class<?>[] hooked = classes.toArray(new Class<?>[0]);
        instrumentation.addTransformer(installer, true);
        try {
            instrumentation.retransformClasses(hooked);
        } finally {
            if (installer.placed.size() < hooked.length) {
                instrumentation.removeTransformer(installer);
                instrumentation.retransformClasses(hooked);
            }
        }
        if (!installer.refused.isEmpty()) {
            throw new IllegalStateException(installer.refused.get(0).replace('/', '.')
                    + " was changed by another agent in a way the hooks do not know");
        }
        if (installer.placed.size() < hooked.length) {
            throw new IllegalStateException("the JVM did not offer all classes for hooking");
        }
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] classFile) {
        PreparedImage.HookedClassFile file = redefined == null || className == null ? null : files.get(className);
        if (file == null || className == null) {
            return null;
        }
        byte[] hooked = classFile.length == file.originalByteSize()
                ? file.bytes()
                : ImageTrainer.weave(mode, className, classFile);
        if (hooked == null) {
            refused.add(className);
        } else {
            placed.add(className);
        }
        return hooked;
    }
}
