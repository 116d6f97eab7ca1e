// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the system lets this process and its companions use: the limits of their control group and of those it lies in, and how
 * near they are to one.
 *
 * <p>Any thread; files are read at each call. Version 1 and 2 of control groups; in a container, whose own group may stand at the root
 * of what it sees, that one too. Source: the kernel's cgroup-v2.rst and cgroup-v1/memory.rst.
 */
final class CgroupMemory {

    /** Nobody has so much: what version 1 says where there is no limit. */
    private static final long NO_LIMIT = 1L << 60;

    /** Beyond this part of the limit memory is scarce, in 16ths. */
    private static final int SCARCE_SIXTEENTHS = 15;

    // From the process's own group upwards, those that had a limit.
    private final List<Path> folders;
    private final boolean isSecondVersion;

    private CgroupMemory(List<Path> folders, boolean isSecondVersion) {
        this.folders = folders;
        this.isSecondVersion = isSecondVersion;
    }

    /** The group of this process, or null where no group limits its memory. */
    static @Nullable CgroupMemory find() {
        try {
            return find(Path.of("/sys/fs/cgroup"), Files.readAllLines(Path.of("/proc/self/cgroup")));
        } catch (IOException | RuntimeException unreadable) {
            return null;
        }
    }

    /**
     * As {@link #find()}.
     *
     * @param root where control groups are mounted
     * @param lines the groups of the process, as {@code /proc/self/cgroup} has them
     */
    static @Nullable CgroupMemory find(Path root, List<String> lines) {
        CgroupMemory found = null;
        for (String line : lines) {
            // hierarchy:controllers:path
            int first = line.indexOf(':');
            int second = line.indexOf(':', first + 1);
            if (first < 0 || second < 0) {
                continue;
            }
            String controllers = line.substring(first + 1, second);
            String path = line.substring(second + 1);
            if (("," + controllers + ",").contains(",memory,")) {
                found = limited(root.resolve("memory"), path, false);
            } else if (controllers.isEmpty() && found == null) {
                found = limited(root, path, true);
            }
        }
        return found;
    }

    private static @Nullable CgroupMemory limited(Path mount, String path, boolean isSecondVersion) {
        Path named =
                mount.resolve(path.startsWith("/") ? path.substring(1) : path).normalize();
        List<Path> limited = new ArrayList<>();
        // A group outside of what is mounted here cannot be seen.
        for (Path folder = named.startsWith(mount) ? named : mount; folder.startsWith(mount); folder = parent(folder)) {
            if (limitBytes(folder, isSecondVersion) < NO_LIMIT) {
                limited.add(folder);
            }
        }
        return limited.isEmpty() ? null : new CgroupMemory(limited, isSecondVersion);
    }

    /** Above the root there is nothing, which no mount starts with. */
    private static Path parent(Path folder) {
        Path parent = folder.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private static long limitBytes(Path folder, boolean isSecondVersion) {
        return number(folder, isSecondVersion ? "memory.max" : "memory.limit_in_bytes");
    }

    /** The least of the limits, or the largest number there is. */
    long limitBytes() {
        long least = Long.MAX_VALUE;
        for (Path folder : folders) {
            least = Math.min(least, limitBytes(folder, isSecondVersion));
        }
        return least;
    }

    /** Whether what is in use, file cache that the system can drop left out, comes near one of the limits. */
    boolean isScarce() {
        for (Path folder : folders) {
            if (isScarce(folder)) {
                return true;
            }
        }
        return false;
    }

    private boolean isScarce(Path folder) {
        long usedBytes = number(folder, isSecondVersion ? "memory.current" : "memory.usage_in_bytes");
        long limitBytes = limitBytes(folder, isSecondVersion);
        if (usedBytes == Long.MAX_VALUE || limitBytes >= NO_LIMIT) {
            return false;
        }
        return usedBytes - droppableBytes(folder) > limitBytes / 16 * SCARCE_SIXTEENTHS;
    }

    private long droppableBytes(Path folder) {
        String key = isSecondVersion ? "inactive_file " : "total_inactive_file ";
        try {
            for (String line : Files.readAllLines(folder.resolve("memory.stat"))) {
                if (line.startsWith(key)) {
                    return Long.parseLong(line.substring(key.length()).strip());
                }
            }
        } catch (IOException | RuntimeException unreadable) {
            return 0;
        }
        return 0;
    }

    /** A file's number; the largest there is where it says "max" or cannot be read. */
    private static long number(Path folder, String file) {
        try {
            return Long.parseLong(Files.readString(folder.resolve(file)).strip());
        } catch (IOException | RuntimeException noNumber) {
            return Long.MAX_VALUE;
        }
    }
}
