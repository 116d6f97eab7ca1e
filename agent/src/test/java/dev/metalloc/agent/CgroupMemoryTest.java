// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupMemoryTest {

    private static final String SECOND = "0::/service/app";
    private static final List<String> FIRST = List.of("9:name=systemd:/", "4:cpu,memory:/app", "0::/");

    @TempDir
    Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text + "\n");
    }

    private CgroupMemory found(List<String> lines) {
        CgroupMemory memory = CgroupMemory.find(root, lines);
        assertNotNull(memory);
        return memory;
    }

    @Test
    void shouldReadTheSecondVersion() throws IOException {
        write("service/app/memory.max", "1600");
        write("service/app/memory.current", "1501");
        write("service/app/memory.stat", "anon 3\ninactive_file 0\nactive_file 7");
        assertEquals(1600, found(List.of(SECOND)).limitBytes());
        assertTrue(found(List.of(SECOND)).isScarce());
        write("service/app/memory.stat", "anon 3\ninactive_file 1\nactive_file 7");
        assertFalse(found(List.of(SECOND)).isScarce(), "file cache can be dropped");
    }

    @Test
    void shouldReadTheFirstVersion() throws IOException {
        write("memory/app/memory.limit_in_bytes", "1600");
        write("memory/app/memory.usage_in_bytes", "1600");
        write("memory/app/memory.stat", "inactive_file 1600\ntotal_inactive_file 100");
        assertEquals(1600, found(FIRST).limitBytes());
        assertFalse(found(FIRST).isScarce());
        write("memory/app/memory.stat", "total_inactive_file 99");
        assertTrue(found(FIRST).isScarce());
    }

    @Test
    void shouldFindTheGroupOfAContainerAtTheRoot() throws IOException {
        write("memory.max", "4096");
        assertEquals(4096, found(List.of(SECOND)).limitBytes());
        assertFalse(found(List.of(SECOND)).isScarce(), "what is in use cannot be read");
    }

    /** The least of all limits on the way up holds, and memory is scarce where any of them is near. */
    @Test
    void shouldObeyTheGroupsAbove() throws IOException {
        write("service/app/memory.max", "max");
        write("service/memory.max", "1600");
        write("service/memory.current", "1501");
        assertEquals(1600, found(List.of(SECOND)).limitBytes());
        assertTrue(found(List.of(SECOND)).isScarce());
        write("service/app/memory.max", "800");
        write("service/app/memory.current", "10");
        assertEquals(800, found(List.of(SECOND)).limitBytes());
        assertTrue(found(List.of(SECOND)).isScarce());
        write("service/memory.current", "100");
        assertFalse(found(List.of(SECOND)).isScarce());
        assertEquals(800, found(List.of("0::/service/app/inner")).limitBytes());
        write("memory.max", "700");
        assertEquals(700, found(List.of(SECOND)).limitBytes());
        assertEquals(700, found(List.of("0::/../elsewhere")).limitBytes());
    }

    @Test
    void shouldFindNothingWhereNothingIsLimited() throws IOException {
        assertNull(CgroupMemory.find(root, List.of("nonsense", SECOND)));
        write("service/app/memory.max", "max");
        assertNull(CgroupMemory.find(root, List.of(SECOND)));
        write("memory/app/memory.limit_in_bytes", "9223372036854771712");
        assertNull(CgroupMemory.find(root, FIRST));
    }
}
