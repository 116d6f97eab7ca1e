// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.LibraryDefault;
import dev.metalloc.agent.train.ChoiceWeaver;
import dev.metalloc.agent.train.LibraryChoice;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a plan's allocator a library's default one, as the library is loaded; there is no such transformer without a rule for it. */
final class DefaultHooks implements ClassFileTransformer {

    private final LibraryChoice choice;

    private DefaultHooks(LibraryChoice choice) {
        this.choice = choice;
    }

    /** @param attached whether the application runs already, and the library may have chosen before; that is said */
    static void install(Instrumentation instrumentation, LibraryChoice choice, LibraryDefault library, boolean attached)
            throws IOException {
        if (attached && isLoaded(instrumentation, choice)) {
            MetallocAgent.say(library
                    + " has chosen its default allocator already: its buffers stay with it until the next start");
            return;
        }
        List<String> classes = choice.classes();
        byte[][] files = new byte[classes.size()][];
        for (int i = 0; i < files.length; i++) {
            files[i] = classFile(classes.get(i));
        }
        library.offer(files, classes.get(classes.size() - 1).replace('/', '.'));
        instrumentation.addTransformer(new DefaultHooks(choice), false);
    }

    private static boolean isLoaded(Instrumentation instrumentation, LibraryChoice choice) {
        String name = choice.chooser().replace('/', '.');
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (loaded.getName().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] classFile(String name) throws IOException {
        try (InputStream in = DefaultHooks.class.getResourceAsStream("/" + name + ".class")) {
            if (in == null) {
                throw new IOException("the agent's jar lacks " + name + " (build it again)");
            }
            return in.readAllBytes();
        }
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] classFile) {
        if (redefined != null || !choice.chooser().equals(className)) {
            return null;
        }
        try {
            return ChoiceWeaver.weave(choice, classFile);
        } catch (RuntimeException unreadable) {
            return null; // of a newer version than the reader knows: the library's buffers stay with it
        }
    }
}
