// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Puts an allocator of ours in the place of a library's default one; whatever goes wrong, the library's stays. */
public final class LibraryDefault {

    public static final LibraryDefault NETTY = new LibraryDefault("Netty");

    private final String library;
    private volatile byte @Nullable [][] classFiles;

    private LibraryDefault(String library) {
        this.library = library;
    }

    /**
     * Has every copy of the library that is loaded from here on be given the allocator.
     *
     * @param files of the classes to define beside the library's, each after those it uses; the last is the allocator
     */
    public void offer(byte[][] files) {
        classFiles = files;
    }

    /**
     * The allocator over the one that the library chose, or that one. Every loader that has the library comes here once.
     *
     * @param beside may define classes in the package of the library's buffers
     */
    public Object over(Object chosen, MethodHandles.Lookup beside) {
        byte[][] files = classFiles;
        if (files == null) {
            return chosen;
        }
        try {
            Class<?> last = Object.class;
            for (byte[] file : files) {
                last = beside.defineClass(file);
            }
            MethodHandle constructor = beside.findConstructor(last, MethodType.methodType(void.class, Object.class));
            return constructor.invoke(chosen);
        } catch (Throwable unknownVersion) {
            System.err.println("metalloc: " + library + "'s buffers stay with " + library + ": " + unknownVersion);
            return chosen;
        }
    }

    /** The library's name. */
    @Override
    public String toString() {
        return library;
    }
}
