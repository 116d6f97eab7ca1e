// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineChecksTest {

    @TempDir
    Path root;

    @Test
    void shouldFindTheLimitOfTheOwnGroup() throws IOException {
        file("proc/self/cgroup", "0::/a.slice/b\n");
        file("sys/fs/cgroup/a.slice/b/memory.max", "536870912\n");
        assertTrue(
                finding("cgroup").text().contains("512 MiB"), finding("cgroup").text());
    }

    @Test
    void shouldKnowTheOldWayToSayNoLimit() throws IOException {
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertEquals("no memory limit", finding("cgroup").text());
    }

    @Test
    void shouldAskForAChangeWhereHugePagesAreForAllOrNobody() throws IOException {
        file("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
        assertEquals(Finding.State.CHANGE, finding("huge pages").state());
        file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        assertEquals(Finding.State.WELL, finding("huge pages").state());
        file("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
        assertEquals(Finding.State.CHANGE, finding("huge pages").state());
    }

    @Test
    void shouldAskForAChangeWhereReservationsCount() throws IOException {
        file("proc/sys/vm/overcommit_memory", "2\n");
        assertEquals(Finding.State.CHANGE, finding("overcommit").state());
        file("proc/sys/vm/overcommit_memory", "0\n");
        assertEquals(Finding.State.WELL, finding("overcommit").state());
    }

    private Finding finding(String subject) {
        return new MachineChecks(root)
                .findings().stream()
                        .filter(finding -> finding.subject().equals(subject))
                        .findFirst()
                        .orElseThrow();
    }

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
