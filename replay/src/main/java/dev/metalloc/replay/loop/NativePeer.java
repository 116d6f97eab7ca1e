// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The general-purpose allocators we are compared with, found as libraries by path.
 *
 * <p>One that is not installed is absent, which is no failure. Debian's jemalloc can only be loaded where the process was
 * started with {@link #LOADABLE_JEMALLOC} in its environment. Calls are critical downcalls, but for {@link #loadPlain}: the fastest that the JVM has, little
 * dearer than in C.
 */
public enum NativePeer {
    GLIBC("", "libc.so.6"),
    JEMALLOC("", "libjemalloc.so.2"),
    MIMALLOC("mi_", "libmimalloc.so.2"),
    TCMALLOC("", "libtcmalloc_minimal.so.4");

    /** Value of {@code GLIBC_TUNABLES} with which a library of jemalloc's thread-local storage model may be loaded late. */
    public static final String LOADABLE_JEMALLOC = "glibc.rtld.optional_static_tls=20000";

    private static final List<String> FOLDERS = List.of(
            "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib");

    private final String symbolPrefix;
    private final String file;

    NativePeer(String symbolPrefix, String file) {
        this.symbolPrefix = symbolPrefix;
        this.file = file;
    }

    /** The peer of a name in lower case, whether it is installed or not. */
    public static NativePeer of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where its library is, or empty where it is not installed. */
    public Optional<Path> library() {
        return FOLDERS.stream()
                .map(folder -> Path.of(folder, file))
                .filter(Files::isReadable)
                .findFirst();
    }

    /**
     * Loads the library for the life of the process.
     *
     * @throws IllegalStateException where it is absent or cannot be loaded
     */
    public ReplayTarget load() {
        return load(new Linker.Option[] {Linker.Option.critical(false)});
    }

    /** The same with handles as applications link them, which change the thread's state for each call. */
    public ReplayTarget loadPlain() {
        return load(new Linker.Option[0]);
    }

    private ReplayTarget load(Linker.Option[] options) {
        Path library =
                library().orElseThrow(() -> new IllegalStateException(label() + ": absent (install " + file + ")"));
        try {
            return new Functions(symbolPrefix, SymbolLookup.libraryLookup(library, Arena.global()), options);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    label() + ": " + library + " cannot be loaded (start with GLIBC_TUNABLES=" + LOADABLE_JEMALLOC
                            + ")",
                    e);
        }
    }

    /** The malloc family of one library. */
    private static final class Functions implements ReplayTarget {

        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

        private final MethodHandle malloc;
        private final MethodHandle calloc;
        private final MethodHandle alignedAlloc;
        private final MethodHandle realloc;
        private final MethodHandle usableSize;
        private final MethodHandle free;

        Functions(String prefix, SymbolLookup library, Linker.Option[] options) {
            malloc = link(library, prefix + "malloc", FunctionDescriptor.of(LONG, LONG), options);
            calloc = link(library, prefix + "calloc", FunctionDescriptor.of(LONG, LONG, LONG), options);
            alignedAlloc = link(library, prefix + "aligned_alloc", FunctionDescriptor.of(LONG, LONG, LONG), options);
            realloc = link(library, prefix + "realloc", FunctionDescriptor.of(LONG, LONG, LONG), options);
            usableSize = link(library, prefix + "malloc_usable_size", FunctionDescriptor.of(LONG, LONG), options);
            free = link(library, prefix + "free", FunctionDescriptor.ofVoid(LONG), options);
        }

        private static MethodHandle link(
                SymbolLookup library, String name, FunctionDescriptor descriptor, Linker.Option[] options) {
            MemorySegment symbol = library.find(name)
                    .orElseThrow(
                            () -> new IllegalStateException(name + ": not in the library (install another version)"));
            return Linker.nativeLinker().downcallHandle(symbol, descriptor, options);
        }

        @Override
        public long allocate(long byteSize, long byteAlignment, boolean zeroed) {
            try {
                if (byteAlignment > 16) {
                    // C asks for a multiple of the alignment.
                    long rounded = (Math.max(1, byteSize) + byteAlignment - 1) & -byteAlignment;
                    return (long) alignedAlloc.invokeExact(byteAlignment, rounded);
                }
                return zeroed ? (long) calloc.invokeExact(1L, byteSize) : (long) malloc.invokeExact(byteSize);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        @Override
        public void free(long address) {
            try {
                free.invokeExact(address);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        /** Size 0 is asked for as 1: to C it would mean free. */
        @Override
        public long reallocate(long address, long byteSize) {
            try {
                return (long) realloc.invokeExact(address, Math.max(1, byteSize));
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        @Override
        public long usableSize(long address) {
            try {
                return (long) usableSize.invokeExact(address);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        private static RuntimeException unexpected(Throwable e) {
            return new IllegalStateException("downcall failed: " + e.getMessage(), e);
        }

        /** The library stays: its memory cannot be taken away from it. */
        @Override
        public void close() {}
    }
}
