// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.heap;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/** Adds up the heaps of glibc's malloc among a process's mappings; fed with the bytes of {@code /proc/self/maps}, used once. */
/* Implementation notes
 *
 * The main arena grows by brk: the kernel names that [heap]. The others have heaps that begin on a multiple of 64 MiB, of which the first
 * part is readable and writable and the rest, up to the next multiple, is not yet [1]:
 *
 *     7f825c000000-7f825e935000 rw-p 00000000 00:00 0
 *     7f825e935000-7f8260000000 ---p 00000000 00:00 0
 *
 * One that is full has no rest, and the kernel shows it as one mapping with the next heap's first part. What is trimmed of a heap stays
 * readable and writable, so what is counted is what it had at most.
 *
 * A Java heap may look alike. With compressed references it lies below 64 GiB; others are cut out by their length, and by what is
 * reserved behind them, which is longer than any heap's rest. A piece of metaspace of 64 MiB that is used from its beginning on
 * without a gap cannot be told from a heap.
 *
 * [1] glibc, malloc/arena.c: HEAP_MAX_SIZE, new_heap, grow_heap, shrink_heap.
 */
final class HeapMappings {
    private static final long HEAP_BYTES = 64L << 20;
    /** A compressed reference reaches no higher, with objects aligned to 16. */
    private static final long LEAST_ADDRESS = 64L << 30;
    /** Sixty-four full heaps in a row. */
    private static final long MOST_RUN_BYTES = 4L << 30;

    /** A path is no longer than 4,096 bytes, and 73 come before it. */
    private static final int MOST_LINE_BYTES = 8 << 10;

    private static final List<String> OTHER_ALLOCATORS =
            List.of("jemalloc", "tcmalloc", "mimalloc", "snmalloc", "rpmalloc", "hoard", "scudo");

    private final byte[] line = new byte[MOST_LINE_BYTES];
    private int lineLength;
    /** In the line that is read. */
    private int at;

    private boolean isReadable = true;
    private boolean hasGlibc;
    private boolean hasOtherAllocator;
    private long heldBytes;
    /** The mapping before, where it may be the first part of a heap; else of no bytes. */
    private long openStart;

    private long openEnd;

    void add(byte[] bytes, int length) {
        for (int i = 0; i < length && isReadable; i++) {
            if (bytes[i] == '\n') {
                addLine();
                lineLength = 0;
            } else if (lineLength == line.length) {
                isReadable = false;
            } else {
                line[lineLength] = bytes[i];
                lineLength++;
            }
        }
    }

    /** After the last bytes: none where a line was not understood, or the C library's malloc is not glibc's. */
    OptionalLong heldBytes() {
        close(0, 0);
        boolean isKnown = isReadable && lineLength == 0 && hasGlibc && !hasOtherAllocator;
        return isKnown ? OptionalLong.of(heldBytes) : OptionalLong.empty();
    }

    /** {@code start-end permissions offset device inode path}, as proc_pid_maps(5) has them. */
    private void addLine() {
        at = 0;
        long start = hexadecimal('-');
        long end = hexadecimal(' ');
        int permissions = at;
        skipFields(3);
        boolean isAnonymous = at < lineLength && line[at] == '0';
        skipFields(1);
        if (!isReadable || end <= start) {
            isReadable = false;
            return;
        }
        String name = at < lineLength ? name() : "";
        isAnonymous &= name.isEmpty();
        close(isAnonymous && isPermitted(permissions, "---p") ? start : 0, end);
        if (isAnonymous && isPermitted(permissions, "rw-p") && start % HEAP_BYTES == 0 && start >= LEAST_ADDRESS) {
            openStart = start;
            openEnd = end;
        } else if (name.equals("[heap]")) {
            heldBytes += end - start;
        }
        learn(name);
    }

    /** Counts the mapping before if it is all of a heap, or the first part of one whose rest is this. */
    private void close(long restStart, long restEnd) {
        long heapEnd = (openEnd + HEAP_BYTES - 1) / HEAP_BYTES * HEAP_BYTES;
        long restBytes = restStart == openEnd ? restEnd - restStart : 0;
        boolean isWhole = openEnd == heapEnd ? restBytes < HEAP_BYTES : restBytes == heapEnd - openEnd;
        if (isWhole && openEnd - openStart <= MOST_RUN_BYTES) {
            heldBytes += openEnd - openStart;
        }
        openStart = 0;
        openEnd = 0;
    }

    private void learn(String name) {
        hasGlibc |= name.equals("libc.so.6") || name.startsWith("libc-2.");
        for (int i = 0; i < OTHER_ALLOCATORS.size() && !name.isEmpty(); i++) {
            hasOtherAllocator |= name.contains(OTHER_ALLOCATORS.get(i)) && name.contains(".so");
        }
    }

    private boolean isPermitted(int from, String permissions) {
        for (int i = 0; i < permissions.length(); i++) {
            if (line[from + i] != permissions.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private long hexadecimal(char end) {
        long number = 0;
        int from = at;
        while (at < lineLength && line[at] != end) {
            int digit = Character.digit(line[at], 16);
            isReadable &= digit >= 0 && at - from < 16;
            number = (number << 4) | digit;
            at++;
        }
        isReadable &= at > from && at < lineLength;
        at++;
        return number;
    }

    /** To the beginning of the field behind so many. */
    private void skipFields(int count) {
        for (int i = 0; i < count; i++) {
            int from = at;
            while (at < lineLength && line[at] != ' ') {
                at++;
            }
            isReadable &= at > from;
            while (at < lineLength && line[at] == ' ') {
                at++;
            }
        }
    }

    /** The path's last part. */
    private String name() {
        int from = lineLength;
        while (from > at && line[from - 1] != '/') {
            from--;
        }
        return new String(line, from, lineLength - from, StandardCharsets.ISO_8859_1);
    }
}
