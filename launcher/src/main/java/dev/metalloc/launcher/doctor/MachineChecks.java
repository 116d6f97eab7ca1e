// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the kernel allows: memory limit, huge pages, overcommit. */
public final class MachineChecks {

    // Version 1 of control groups states "no limit" as a number just below 2^63.
    private static final long NO_LIMIT = 1L << 60;

    private final Path root;

    /** @param root the root of the file system, which a test replaces */
    public MachineChecks(Path root) {
        this.root = root;
    }

    public List<Finding> findings() {
        return List.of(memoryLimit(), hugePages(), overcommit());
    }

    private Finding memoryLimit() {
        Optional<Long> limit = controlGroupLimit();
        return Finding.well(
                "cgroup",
                limit.map(bytes -> "memory limited to " + (bytes >> 20)
                                + " MiB; heap, off-heap memory and thread stacks share it")
                        .orElse("no memory limit"));
    }

    private Optional<Long> controlGroupLimit() {
        String group = text("proc/self/cgroup")
                .flatMap(lines ->
                        lines.lines().filter(line -> line.startsWith("0::/")).findFirst())
                .map(line -> line.substring("0::/".length()))
                .orElse("");
        return text("sys/fs/cgroup/" + group + "/memory.max")
                .or(() -> text("sys/fs/cgroup/memory.max"))
                .or(() -> text("sys/fs/cgroup/memory/memory.limit_in_bytes"))
                .filter(limit -> limit.matches("[0-9]+"))
                .map(Long::parseLong)
                .filter(limit -> limit < NO_LIMIT);
    }

    private Finding hugePages() {
        String subject = "huge pages";
        String setting = text("sys/kernel/mm/transparent_hugepage/enabled").orElse("unknown");
        if (setting.contains("[never]")) {
            return Finding.change(
                    subject,
                    "transparent huge pages are off (policies that ask for them have no effect; "
                            + "write madvise to /sys/kernel/mm/transparent_hugepage/enabled)");
        }
        if (setting.contains("[always]")) {
            return Finding.change(
                    subject,
                    "transparent huge pages are on for everybody, which raises resident memory "
                            + "(madvise lets policies choose)");
        }
        return Finding.well(subject, "transparent huge pages: " + setting);
    }

    private Finding overcommit() {
        String mode = text("proc/sys/vm/overcommit_memory").orElse("unknown");
        return mode.equals("2")
                ? Finding.change(
                        "overcommit",
                        "vm.overcommit_memory is 2, so reserved address space counts as used "
                                + "(set it to 0, or expect allocators to fall back to the JDK)")
                : Finding.well("overcommit", "vm.overcommit_memory is " + mode);
    }

    private Optional<String> text(String file) {
        try {
            return Optional.of(Files.readString(root.resolve(file)).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
