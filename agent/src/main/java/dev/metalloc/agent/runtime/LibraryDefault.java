// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Puts an allocator of ours in the place of a library's default one; whatever goes wrong, the library's stays. */
public final class LibraryDefault {

    public static final LibraryDefault NETTY = new LibraryDefault("Netty");
    public static final LibraryDefault ARROW = new LibraryDefault("Arrow");

    private final String library;
    private byte @Nullable [][] classFiles;
    private String lastName = "";

    private LibraryDefault(String library) {
        this.library = library;
    }

    /**
     * Has every copy of the library that is loaded from here on be given the allocator.
     *
     * @param files of the classes to define beside the library's, each after those it uses; the last is the allocator
     * @param last that one's name, with dots
     */
    public synchronized void offer(byte[][] files, String last) {
        classFiles = files;
        lastName = last;
    }

    /**
     * The allocator over the one that the library chose, or that one, which is null where it has not chosen yet. Every loader that has the
     * library comes here once, or from several threads at once where the library lets several of them choose.
     *
     * @param beside may define classes in the package of the library's buffers
     */
    public @Nullable Object over(@Nullable Object chosen, MethodHandles.Lookup beside) {
        if (chosen == null) {
            return null;
        }
        try {
            Class<?> last = defined(beside);
            if (last == null) {
                return chosen;
            }
            MethodHandle constructor = beside.findConstructor(last, MethodType.methodType(void.class, Object.class));
            return constructor.invoke(chosen);
        } catch (Throwable unknownVersion) {
            System.err.println("metalloc: " + library + "'s buffers stay with " + library + ": " + unknownVersion);
            return chosen;
        }
    }

    private synchronized @Nullable Class<?> defined(MethodHandles.Lookup beside) throws ReflectiveOperationException {
        Class<?> last = null;
        if (classFiles != null) {
            try {
                for (byte[] file : classFiles) {
                    last = beside.defineClass(file);
                }
            } catch (LinkageError failure) {
                if (failure.getClass() != LinkageError.class) {
                    throw failure; // another version
                }
                return beside.findClass(lastName); // defined before
            }
        }
        return last;
    }

    /** The library's name. */
    @Override
    public String toString() {
        return library;
    }
}
