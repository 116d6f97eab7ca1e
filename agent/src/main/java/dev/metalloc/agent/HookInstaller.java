// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.agent.train.ImageTrainer;
import dev.metalloc.agent.train.PreparedImage;
import java.lang.instrument.ClassDefinition;
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
/* Implementation notes
 *
 * The classes are redefined, not retransformed: what they are redefined to is what a later retransformation by any agent starts
 * from. So the hooks stay without a transformer of ours, which would be called for every class that the application loads
 * and would make the JVM read the class file of every archived one.
 *
 * A retransformation before that changes nothing; it shows what the classes are now, after other agents' changes. It costs as
 * much as the redefinition, so it is left out where nothing on the JVM's command line can have changed them.
 */
final class HookInstaller implements ClassFileTransformer {

    private final AgentMode mode;
    private final Map<String, PreparedImage.HookedClassFile> files = new HashMap<>();
    private final Map<String, byte[]> hooked = new HashMap<>();
    /** What the classes were before, to go back to. */
    private final Map<String, byte[]> unhooked = new HashMap<>();

    private final List<Class<?>> classes = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private boolean rewoven;

    private HookInstaller(AgentMode mode) {
        this.mode = mode;
    }

    /**
     * Installs the hooks.
     *
     * @param looksFirst whether to look at what the classes are now; where not, they are taken to be as the image knows them,
     *     and cannot be uninstalled
     * @throws IllegalStateException naming the class, where a class has a shape that the hooks do not know; the JDK is then
     *     as it was
     */
    static HookInstaller install(
            Instrumentation instrumentation,
            AgentMode mode,
            PreparedImage image,
            Set<HookGroup> groups,
            boolean looksFirst)
            throws ClassNotFoundException, UnmodifiableClassException {
        HookInstaller installer = new HookInstaller(mode);
        for (PreparedImage.HookedClassFile file : image.hookedClasses()) {
            if (groups.contains(file.group())) {
                installer.files.put(file.name(), file);
                installer.classes.add(Class.forName(file.name().replace('/', '.'), false, null));
            }
        }
        if (!installer.classes.isEmpty()) {
            if (looksFirst) {
                installer.look(instrumentation);
            } else {
                installer.takeAsKnown();
            }
            instrumentation.redefineClasses(installer.definitions(installer.hooked));
        }
        return installer;
    }

    private void takeAsKnown() {
        for (PreparedImage.HookedClassFile file : files.values()) {
            hooked.put(file.name(), file.bytes());
        }
    }

    /** Makes the classes what they were. Calls that are under way still end in the hooks, which must go on working. */
    void uninstall(Instrumentation instrumentation) throws ClassNotFoundException, UnmodifiableClassException {
        if (!classes.isEmpty()) {
            instrumentation.redefineClasses(definitions(unhooked));
        }
    }

    /** Whether a class was of another length than the one that the image was made from. */
    boolean hasRewoven() {
        return rewoven;
    }

    /** What the class was and became here; the one given where it was not installed. */
    PreparedImage.HookedClassFile asInstalled(PreparedImage.HookedClassFile file) {
        byte[] before = unhooked.get(file.name());
        byte[] after = hooked.get(file.name());
        return before == null || after == null
                ? file
                : new PreparedImage.HookedClassFile(file.group(), file.name(), before.length, after);
    }

    private void look(Instrumentation instrumentation) throws UnmodifiableClassException {
        instrumentation.addTransformer(this, true);
        try {
            instrumentation.retransformClasses(classes.toArray(new Class<?>[0]));
        } finally {
            instrumentation.removeTransformer(this);
        }
        if (!refused.isEmpty()) {
            throw new IllegalStateException(
                    refused.get(0).replace('/', '.') + " was changed by another agent in a way the hooks do not know");
        }
    }

    private ClassDefinition[] definitions(Map<String, byte[]> files) {
        ClassDefinition[] definitions = new ClassDefinition[classes.size()];
        for (int i = 0; i < definitions.length; i++) {
            Class<?> type = classes.get(i);
            byte[] bytes = files.get(type.getName().replace('.', '/'));
            if (bytes == null) {
                throw new IllegalStateException("the JVM did not offer " + type.getName() + " for hooking");
            }
            definitions[i] = new ClassDefinition(type, bytes);
        }
        return definitions;
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
        byte[] bytes = file.bytes();
        if (classFile.length != file.originalByteSize()) {
            bytes = ImageTrainer.weave(mode, className, classFile);
            rewoven = true;
        }
        if (bytes == null) {
            refused.add(className);
        } else {
            hooked.put(className, bytes);
            unhooked.put(className, classFile);
        }
        return null;
    }
}
