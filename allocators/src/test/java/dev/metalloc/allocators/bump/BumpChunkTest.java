// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.bump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BumpChunkTest {

    private final BumpChunk chunk = new BumpChunk(65536);

    @Test
    void shouldGiveBackDeadBlocksAtTheEnd() {
        chunk.append(0, 32);
        chunk.append(64, 16);
        chunk.append(80, 48);
        assertEquals(32, chunk.byteSize(0));
        assertEquals(32, chunk.byteSize(32));
        chunk.free(64);
        assertEquals(128, chunk.top());
        chunk.validate();
        chunk.free(80);
        assertEquals(32, chunk.top());
        chunk.validate();
        chunk.free(0);
        assertEquals(0, chunk.top());
        assertEquals(128, chunk.dirtyBytes());
        chunk.validate();
    }

    @Test
    void shouldNoticeABlockOverAnother() {
        chunk.append(0, 32);
        chunk.append(32, 32);
        chunk.append(0, 16);
        assertThrows(IllegalStateException.class, chunk::validate);
    }
}
