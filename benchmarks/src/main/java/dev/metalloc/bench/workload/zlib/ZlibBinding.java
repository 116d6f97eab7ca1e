// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.zlib;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Bindings to zlib written as such bindings commonly are: each call opens an arena, copies its arguments in,
 * calls, copies the result out and closes.
 *
 * <p>Confined to its thread, because it counts its allocations.
 */
public final class ZlibBinding {

    private static final List<String> FOLDERS = List.of(
            "/lib/x86_64-linux-gnu",
            "/usr/lib/x86_64-linux-gnu",
            "/lib/aarch64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/lib64",
            "/usr/lib64",
            "/usr/lib",
            "/lib",
            "/usr/local/lib");

    private static final int OK = 0;

    private final MethodHandle crc32;
    private final MethodHandle adler32;
    private final MethodHandle compressBound;
    private final MethodHandle compress2;
    private final MethodHandle uncompress;

    private final boolean sharesArenas;
    private long allocationCount;

    /**
     * Loads zlib from the usual folders; fails with a message for the user where there is none.
     *
     * @param sharesArenas whether a call's arena is a shared one, as of bindings that do not know their callers' threads
     */
    public ZlibBinding(boolean sharesArenas) {
        this.sharesArenas = sharesArenas;
        Linker linker = Linker.nativeLinker();
        SymbolLookup zlib = SymbolLookup.libraryLookup(library(), Arena.global());
        FunctionDescriptor checksum = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT);
        crc32 = linker.downcallHandle(zlib.find("crc32").orElseThrow(), checksum);
        adler32 = linker.downcallHandle(zlib.find("adler32").orElseThrow(), checksum);
        compressBound = linker.downcallHandle(
                zlib.find("compressBound").orElseThrow(), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
        compress2 = linker.downcallHandle(
                zlib.find("compress2").orElseThrow(),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
        uncompress = linker.downcallHandle(
                zlib.find("uncompress").orElseThrow(),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    }

    /** Blocks asked of arenas so far. */
    public long allocationCount() {
        return allocationCount;
    }

    public long crc32(byte[] data) {
        return checksum(crc32, 0, data);
    }

    public long adler32(byte[] data) {
        return checksum(adler32, 1, data);
    }

    /** One checksum over all fields, each marshalled as a C string. */
    public long crc32(List<String> fields) {
        try (Arena arena = opened()) {
            allocationCount += fields.size();
            long checksum = 0;
            for (String field : fields) {
                MemorySegment text = arena.allocateFrom(field);
                // Without the terminating zero.
                checksum = (long) crc32.invokeExact(checksum, text, (int) text.byteSize() - 1);
            }
            return checksum;
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    public byte[] compress(byte[] data, int level) {
        try (Arena arena = opened()) {
            allocationCount += 3;
            long bound = (long) compressBound.invokeExact((long) data.length);
            MemorySegment source = arena.allocateFrom(JAVA_BYTE, data);
            MemorySegment target = arena.allocate(bound);
            MemorySegment targetLength = arena.allocateFrom(JAVA_LONG, bound);
            require((int) compress2.invokeExact(target, targetLength, source, (long) data.length, level), "compress2");
            return target.asSlice(0, targetLength.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    public byte[] uncompress(byte[] data, int length) {
        try (Arena arena = opened()) {
            allocationCount += 3;
            MemorySegment source = arena.allocateFrom(JAVA_BYTE, data);
            MemorySegment target = arena.allocate(MemoryLayout.sequenceLayout(length, JAVA_BYTE));
            MemorySegment targetLength = arena.allocateFrom(JAVA_LONG, (long) length);
            require((int) uncompress.invokeExact(target, targetLength, source, (long) data.length), "uncompress");
            return target.asSlice(0, targetLength.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // every caller does so
    private Arena opened() {
        return sharesArenas ? Arena.ofShared() : Arena.ofConfined();
    }

    private long checksum(MethodHandle function, long start, byte[] data) {
        try (Arena arena = opened()) {
            allocationCount++;
            MemorySegment copy = arena.allocateFrom(JAVA_BYTE, data);
            return (long) function.invokeExact(start, copy, data.length);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private static void require(int returnCode, String function) {
        if (returnCode != OK) {
            throw new IllegalStateException(function + " returned " + returnCode);
        }
    }

    private static RuntimeException failure(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }

    private static Path library() {
        return FOLDERS.stream()
                .map(folder -> Path.of(folder, "libz.so.1"))
                .filter(Files::isReadable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "libz.so.1 not found in " + String.join(", ", FOLDERS) + " (install zlib: zlib1g or zlib)"));
    }
}
