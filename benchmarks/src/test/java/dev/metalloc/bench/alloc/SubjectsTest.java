// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubjectsTest {

    @Test
    void shouldGiveMemoryFromEverySubjectThatNeedsNoLibrary() {
        for (String name :
                List.of("slab", "bump", "segregated", "buddy", "composite", "buddy-striped", "unsafe", "glibc")) {
            Subject subject = Subjects.addressSubject(name);
            long address = subject.allocate(100);

            OffHeapMemory.writeByte(address + 99, (byte) 7);

            assertEquals(7, OffHeapMemory.readByte(address + 99), name);
            subject.free(address);
        }
    }

    @Test
    void shouldNoticeABlockFreedTwice() {
        Subject slab = Subjects.addressSubject("slab");
        long address = slab.allocate(100);
        slab.free(address);

        assertThrows(IllegalStateException.class, () -> slab.free(address));
    }

    @Test
    void shouldSayThatALibraryIsAbsent() {
        NativePeer nowhere = new NativePeer("nowhere", List.of("libnowhere.so.9"), "malloc", "free");

        assertEquals("libnowhere.so.9 is not installed", nowhere.absence().orElseThrow());
        assertThrows(IllegalStateException.class, nowhere::subject);
    }

    @Test
    void shouldLinkEachPeerThatIsThere() {
        List<NativePeer> present =
                NativePeer.ALL.stream().filter(peer -> peer.absence().isEmpty()).toList();

        assertTrue(present.stream().anyMatch(peer -> peer.label().equals("glibc")));
        for (NativePeer peer : present) {
            Subject subject = peer.subject();
            long address = subject.allocate(100);
            assertFalse(address == 0, peer.label());
            subject.free(address);
        }
    }

    @Test
    void shouldRefuseUnknownNames() {
        assertThrows(IllegalStateException.class, () -> Subjects.addressSubject("dlmalloc"));
    }
}
