// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SelectionTest {

    /** One test, since a JVM has one subject for good. */
    @Test
    void shouldServeOneSubjectAndRefuseAnotherInTheSameJvm() {
        Blocks blocks = Selection.blocks("slab", 2);

        SubjectBenchmark.allocate(blocks, 1, 64);
        assertTrue(blocks.isEmpty(0));
        assertFalse(blocks.isEmpty(1));
        assertThrows(IllegalStateException.class, () -> blocks.allocate(0, 1 << 20));
        blocks.freeAll();
        assertTrue(blocks.isEmpty(1));

        assertThrows(IllegalStateException.class, () -> Selection.blocks("glibc", 1));
    }
}
