// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Has the C library give back the free pages of its own heaps, those of all threads. Any thread.
 *
 * <p>It keeps what a thread's heap has free below its last live block: after the JVM's compilers have done their first work, some MiB.
 * Source: malloc_trim(3) of glibc, as of JDK 18's {@code System.trim_native_heap}.
 */
public final class NativeHeapTrim {

    private NativeHeapTrim() {}

    /** Whether pages were given back; false where the C library has no such function. Threads that allocate there wait some milliseconds. */
    public static boolean trim() {
        Optional<MemorySegment> function = Linker.nativeLinker().defaultLookup().find("malloc_trim");
        return function.isPresent() && (int) Libc.call(function.get(), 0, 0, 0) == 1;
    }
}
