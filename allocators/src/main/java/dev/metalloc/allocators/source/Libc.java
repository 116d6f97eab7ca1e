// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls functions of the C library, and links those that are called often; linked handles are kept by the classes that call them.
 *
 * <p>Any thread.
 */
/* Implementation notes
 *
 * Linking a function of a new shape costs some milliseconds and a dozen classes. What is called rarely therefore shares one shape: on the
 * ABIs of Linux integers of all widths are passed in whole registers, sign-extended, and arguments that a function does not have are not
 * looked at. Of a result the upper half is undefined where the function returns an int.
 */
final class Libc {

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private static final MethodHandle CALL =
            Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG));

    private Libc() {}

    /** Calls a function of at most three integers or addresses; one that returns an int is to be cast to it. */
    static long call(MemorySegment function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0);
    }

    /** Calls a function of at most six integers or addresses; one that returns an int is to be cast to it. */
    static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(function, a, b, c, d, e, f);
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    static MethodHandle link(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(symbol(name), descriptor);
    }

    /** For functions that return at once: no thread state transition, so none may block or take long. */
    static MethodHandle linkCritical(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(symbol(name), descriptor, Linker.Option.critical(false));
    }

    static MemorySegment symbol(String name) {
        return Linker.nativeLinker().defaultLookup().find(name).orElseThrow();
    }

    /** A downcall declares Throwable and throws none of its own: what arrives here is an Error or a bug of ours. */
    static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("downcall failed: " + e.getMessage(), e);
    }
}
