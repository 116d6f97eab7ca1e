// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.timing;

import dev.metalloc.replay.trace.RunLoop;
import dev.metalloc.replay.trace.TraceProgram;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;

/**
 * Defines the timed loop, the allocators and third parties' classes anew for one subject.
 *
 * <p>So each is compiled as in a JVM of its own, where one allocator serves: with what the other subjects did in the profile of a shared
 * class, the compiler would call where it could inline. Any thread.
 */
public final class SubjectLoader extends ClassLoader {

    private static final String OURS = "dev.metalloc.";
    private static final String LOOP = "dev.metalloc.replay.loop.";
    private static final String ALLOCATORS = "dev.metalloc.allocators.";
    private static final String RAW_ACCESS = ALLOCATORS + "source.RawAccess";
    private static final String DIRECT = "META-INF/direct/";

    private final Subject subject;

    public SubjectLoader(Subject subject) {
        super(SubjectLoader.class.getClassLoader());
        this.subject = subject;
    }

    public Subject subject() {
        return subject;
    }

    /**
     * Makes the loop over a program; all loops of one loader share the allocator.
     *
     * @throws IllegalStateException saying why the subject cannot be had
     */
    RunLoop loop(TraceProgram program) {
        try {
            return (RunLoop) loadClass(LOOP + "TargetLoop")
                    .getConstructor(TraceProgram.class)
                    .newInstance(program);
        } catch (InvocationTargetException | ExceptionInInitializerError e) {
            Throwable cause = e.getCause() instanceof ExceptionInInitializerError
                    ? e.getCause().getCause()
                    : e.getCause();
            throw new IllegalStateException(cause == null ? "does not start" : cause.getMessage(), cause);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the replay's own classes are missing (install it again)", e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!isOwn(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    /** The one that the agent's stands for, where the JVM lets it be. */
    private String rawAccess(String resource) {
        return Object.class.getModule().isExported("jdk.internal.misc", getUnnamedModule())
                ? DIRECT + resource
                : resource;
    }

    /** What the platform has, and what the loops share with their caller, is everybody's. */
    private static boolean isOwn(String name) {
        if (name.startsWith(OURS)) {
            return name.startsWith(LOOP) || name.startsWith(ALLOCATORS);
        }
        try {
            getPlatformClassLoader().loadClass(name);
            return false;
        } catch (ClassNotFoundException e) {
            return true;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String resource = name.replace('.', '/') + ".class";
        try (InputStream in =
                getParent().getResourceAsStream(name.equals(RAW_ACCESS) ? rawAccess(resource) : resource)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
