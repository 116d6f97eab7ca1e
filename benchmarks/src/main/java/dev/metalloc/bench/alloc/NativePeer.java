// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A native allocator that is loaded by its path into this JVM, beside the one the JVM itself uses.
 *
 * <p>Calls are critical downcalls, the fastest there are: no change of the thread's state, so that they cost little more than
 * in C. A jemalloc built with initial-exec thread-local storage, as Debian's, loads only where the JVM was started with {@code
 * GLIBC_TUNABLES=glibc.rtld.optional_static_tls=20000} in its environment.
 *
 * @param fileNames names to look for in the usual folders, the best first
 */
record NativePeer(String label, List<String> fileNames, String allocateSymbol, String freeSymbol) {

    static final List<NativePeer> ALL = List.of(
            new NativePeer("glibc", List.of(), "malloc", "free"),
            new NativePeer("jemalloc", List.of("libjemalloc.so.2"), "malloc", "free"),
            new NativePeer("mimalloc", List.of("libmimalloc.so.3", "libmimalloc.so.2"), "mi_malloc", "mi_free"),
            new NativePeer("tcmalloc", List.of("libtcmalloc_minimal.so.4", "libtcmalloc.so.4"), "malloc", "free"));

    private static final List<Path> FOLDERS = List.of(
            Path.of("/usr/local/lib"),
            Path.of("/usr/lib/x86_64-linux-gnu"),
            Path.of("/usr/lib/aarch64-linux-gnu"),
            Path.of("/usr/lib64"),
            Path.of("/usr/lib"));

    /** Why it cannot be measured here, or nothing where it can. */
    Optional<String> absence() {
        if (isOfThisProcess()) {
            return Optional.empty();
        }
        Optional<Path> library = library();
        if (library.isEmpty()) {
            return Optional.of(fileNames.getFirst() + " is not installed");
        }
        try {
            lookup();
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(library.get() + " does not load (" + e.getMessage() + ")");
        }
    }

    /**
     * Loads and links it.
     *
     * @throws IllegalStateException where it is absent
     */
    LinkedSubject subject() {
        Optional<String> absence = absence();
        if (absence.isPresent()) {
            throw new IllegalStateException(label + " is absent: " + absence.get());
        }
        SymbolLookup lookup = lookup();
        return new LinkedSubject(
                critical(lookup, allocateSymbol, FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG)),
                critical(lookup, freeSymbol, FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG)));
    }

    /** Without a file it is the malloc that the JVM itself uses. */
    private boolean isOfThisProcess() {
        return fileNames.isEmpty();
    }

    private SymbolLookup lookup() {
        return library()
                .map(path -> SymbolLookup.libraryLookup(path, Arena.global()))
                .orElseGet(() -> Linker.nativeLinker().defaultLookup());
    }

    private Optional<Path> library() {
        return FOLDERS.stream()
                .flatMap(folder -> fileNames.stream().map(folder::resolve))
                .filter(Files::exists)
                .findFirst();
    }

    private static MethodHandle critical(SymbolLookup lookup, String symbol, FunctionDescriptor descriptor) {
        return Linker.nativeLinker()
                .downcallHandle(
                        lookup.find(symbol).orElseThrow(() -> new IllegalStateException("no symbol " + symbol)),
                        descriptor,
                        Linker.Option.critical(false));
    }
}
