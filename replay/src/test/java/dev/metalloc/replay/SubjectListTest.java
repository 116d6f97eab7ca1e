// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.replay.timing.Subject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SubjectListTest {

    private static List<String> labels(List<Subject> subjects) {
        return subjects.stream().map(Subject::label).toList();
    }

    private static String refusal(Runnable parsing) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, parsing::run).getMessage());
    }

    @Test
    void shouldReadTheDefaults() {
        List<Subject> ours = SubjectList.ours(ReplayRequest.DEFAULT_OURS);
        assertEquals(List.of("bump", "slab", "buddy", "segregated", "auto"), labels(ours));
        assertEquals("composite", ours.get(0).allocator(), "with a segregated fit behind for what is too large");
        assertEquals("auto", ours.get(4).allocator());
        assertFalse(ours.stream().anyMatch(Subject::isPeer));
        List<Subject> peers = SubjectList.peers(ReplayRequest.DEFAULT_PEERS);
        assertEquals(List.of("glibc", "jemalloc", "mimalloc", "tcmalloc"), labels(peers));
        assertTrue(peers.stream().allMatch(Subject::isPeer));
    }

    @Test
    void shouldReadParametersWithCommasAndSpaces() {
        List<Subject> subjects = SubjectList.ours(
                " segregated[quickBytes=0;spacing=64], composite[parts=slab,system;limits=64; 0.classes = 16,64 ] ,");
        assertEquals(2, subjects.size());
        Subject first = subjects.get(0);
        assertEquals("segregated", first.allocator());
        assertEquals("segregated[quickBytes=0;spacing=64]", first.label());
        assertEquals(Map.of("quickBytes", "0", "spacing", "64"), first.parameters());
        Subject second = subjects.get(1);
        assertEquals(Map.of("parts", "slab,system", "limits", "64", "0.classes", "16,64"), second.parameters());
        assertEquals(
                second.parameters(),
                SubjectList.ours(second.text()).get(0).parameters(),
                "as it can be asked for again");
    }

    @Test
    void shouldReadNoneAndTheFloor() {
        assertEquals(List.of(), SubjectList.peers("none"));
        assertEquals(List.of(), SubjectList.peers(""));
        assertEquals(List.of(), SubjectList.ours(" , "));
        assertEquals(List.of("floor", "glibc"), labels(SubjectList.peers("floor, glibc")));
    }

    @Test
    void shouldNameWhatIsWrong() {
        assertEquals("slab[x=1 (expected: name[parameter=value;...])", refusal(() -> SubjectList.ours("slab[x=1")));
        assertEquals("x in slab[x] (expected: parameter=value)", refusal(() -> SubjectList.ours("slab[x]")));
        assertEquals("=1 in slab[=1] (expected: parameter=value)", refusal(() -> SubjectList.ours("slab[=1]")));
        assertEquals(
                "hoard (expected: glibc,jemalloc,mimalloc,tcmalloc,floor)", refusal(() -> SubjectList.peers("hoard")));
    }
}
