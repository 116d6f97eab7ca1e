// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The process's mappings as {@code /proc/self/maps} lists them, ascending. */
record AddressRanges(List<Range> ranges) {

    /**
     * One mapping.
     *
     * @param isMemory whether it can be read and no file is behind it
     */
    record Range(long start, long end, boolean isMemory) {
        boolean contains(long address) {
            return address >= start && address < end;
        }

        boolean overlaps(Range other) {
            return start < other.end && other.start < end;
        }
    }

    static AddressRanges now() throws IOException {
        List<Range> ranges = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            ranges.add(parse(line));
        }
        return new AddressRanges(ranges);
    }

    /** A line reads {@code start-end perms offset device inode [path]}; inode 0 says that no file is behind it. */
    static Range parse(String line) {
        int dash = line.indexOf('-');
        int space = line.indexOf(' ', dash);
        int inode = space;
        for (int i = 0; i < 3; i++) {
            inode = line.indexOf(' ', inode + 1);
        }
        boolean isReadable = line.charAt(space + 1) == 'r';
        boolean isAnonymous = line.startsWith("0", inode + 1) && (!line.endsWith("]") || line.endsWith("[heap]"));
        long end = Long.parseUnsignedLong(line.substring(dash + 1, space), 16);
        return new Range(Long.parseUnsignedLong(line.substring(0, dash), 16), end, isReadable && isAnonymous);
    }
}
