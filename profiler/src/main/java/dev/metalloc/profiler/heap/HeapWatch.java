// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.heap;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * Remembers the most that the heaps of this process's C library held; looks when it is told to, one thread at a time.
 *
 * <p>A look takes a quarter of a millisecond, or one where thousands of things are mapped. It takes no lock of malloc's, and touches nothing of its memory.
 */
public final class HeapWatch {
    private static final String FILE = "/proc/self/maps";
    /** With a larger buffer the JDK asks the C library for one. */
    private static final int BUFFER_BYTES = 8 << 10;
    /** A kernel allows 65,530 mappings if nothing else is said, of some 60 to 120 bytes each. */
    private static final long MOST_BYTES = 16L << 20;

    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final boolean isKnownMachine;
    private OptionalLong mostHeldBytes = OptionalLong.empty();

    public HeapWatch() {
        String architecture = System.getProperty("os.arch", "");
        isKnownMachine = System.getProperty("os.name", "").equals("Linux")
                && (architecture.equals("amd64") || architecture.equals("aarch64"));
    }

    /** Where nothing can be told, nothing is remembered. */
    public void look() {
        if (!isKnownMachine) {
            return;
        }
        try {
            OptionalLong held = heldBytes();
            if (held.isPresent() && held.getAsLong() > mostHeldBytes.orElse(-1)) {
                mostHeldBytes = held;
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // The application goes on, and so does its profile.
        }
    }

    /** None where the allocator is not glibc's, or its heaps were never seen. */
    public OptionalLong mostHeldBytes() {
        return mostHeldBytes;
    }

    private OptionalLong heldBytes() throws IOException {
        HeapMappings mappings = new HeapMappings();
        long bytesLeft = MOST_BYTES;
        try (FileInputStream in = new FileInputStream(FILE)) {
            int length = in.read(buffer);
            while (length > 0 && bytesLeft > 0) {
                mappings.add(buffer, length);
                bytesLeft -= length;
                length = in.read(buffer);
            }
            return length > 0 ? OptionalLong.empty() : mappings.heldBytes();
        }
    }
}
