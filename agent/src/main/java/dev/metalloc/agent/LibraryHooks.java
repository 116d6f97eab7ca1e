// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.agent.train.LibraryWeaver;
import java.io.File;
import java.io.IOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * Puts hooks into Netty's and Arrow's allocators where an application has them.
 *
 * <p>A transformer is asked about every class that is loaded, which costs some 15 microseconds each. So there is none unless
 * the class path, or the one jar on it, names one of the libraries, or, at an attach, one of their classes is loaded.
 */
final class LibraryHooks implements ClassFileTransformer {

    private static final String[] ARTIFACTS = {"netty-buffer", "netty-all", "arrow-memory"};
    private static final String[] PACKAGES = {"io/netty/buffer/", "org/apache/arrow/memory/"};
    private static final int MOST_JARS_SEARCHED = 2;

    private final ProfileOutput output;

    private LibraryHooks(ProfileOutput output) {
        this.output = output;
    }

    /** Null where the application has none of the libraries. */
    static @Nullable LibraryHooks install(Instrumentation instrumentation, ProfileOutput output, boolean attached)
            throws UnmodifiableClassException {
        List<Class<?>> loaded = attached ? known(instrumentation) : List.of();
        if (attached ? loaded.isEmpty() : !isOnClassPath()) {
            return null;
        }
        LibraryHooks hooks = new LibraryHooks(output);
        instrumentation.addTransformer(hooks, true);
        try {
            retransform(instrumentation, loaded);
        } catch (Throwable failure) {
            instrumentation.removeTransformer(hooks);
            throw failure;
        }
        return hooks;
    }

    void uninstall(Instrumentation instrumentation) throws UnmodifiableClassException {
        instrumentation.removeTransformer(this);
        retransform(instrumentation, known(instrumentation));
    }

    private static void retransform(Instrumentation instrumentation, List<Class<?>> classes)
            throws UnmodifiableClassException {
        if (!classes.isEmpty()) {
            instrumentation.retransformClasses(classes.toArray(new Class<?>[0]));
        }
    }

    private static List<Class<?>> known(Instrumentation instrumentation) {
        List<Class<?>> known = new ArrayList<>();
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (LibraryWeaver.knows(type.getName().replace('.', '/'))) {
                known.add(type);
            }
        }
        return known;
    }

    private static boolean isOnClassPath() {
        String paths = System.getProperty("java.class.path", "")
                + File.pathSeparator
                + System.getProperty("jdk.module.path", "");
        if (namesAny(paths, ARTIFACTS)) {
            return true;
        }
        int searched = 0;
        for (String path : paths.split(File.pathSeparator, -1)) {
            if (path.endsWith(".jar") && !path.endsWith("metalloc-agent.jar") && searched++ < MOST_JARS_SEARCHED) {
                if (isInJar(new File(path))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** As classes of its own, or as a jar inside. */
    private static boolean isInJar(File file) {
        try (JarFile jar = new JarFile(file, false)) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                String name = entries.nextElement().getName();
                if (namesAny(name, PACKAGES) || (name.endsWith(".jar") && namesAny(name, ARTIFACTS))) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false; // the JVM will say what is wrong with it
        }
    }

    private static boolean namesAny(String text, String[] names) {
        for (String name : names) {
            if (text.contains(name)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] classFile) {
        if (className == null || !LibraryWeaver.knows(className)) {
            return null;
        }
        byte[] woven;
        try {
            woven = LibraryWeaver.weave(className, classFile);
        } catch (Throwable e) {
            woven = null;
        }
        if (woven == null) {
            leaveAlone(className);
        }
        return woven;
    }

    /** Some of a library's hooks without the others would count wrongly. */
    private void leaveAlone(String className) {
        boolean netty = LibraryWeaver.isNetty(className);
        if (netty) {
            ProfileState.nettyBuffers = false;
        } else {
            ProfileState.arrowBuffers = false;
        }
        output.lacks(
                (netty ? "Netty's" : "Arrow's") + " buffers: " + className.replace('/', '.') + " has an unknown shape");
    }
}
