// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MarkdownTablesTest {

    private static final List<String> SUBJECTS = List.of("slab", "buddy", "none", "glibc", "jemalloc");

    @Test
    void shouldPrintMediansWithTheLeastBoldAndDashesForAbsentPeers() {
        List<Measured> all = List.of(
                measured("pair", "64", "glibc", List.of(12.0, 11.0, 90.0)),
                measured("pair", "64", "slab", List.of(3.04)),
                measured("pair", "mixed", "glibc", List.of(1234.5)),
                measured("sh6", "", "none", List.of(1.0)),
                measured("sh6", "", "slab", List.of(20.0)));

        String text = new MarkdownTables(all, SUBJECTS, Set.of("glibc", "jemalloc"), "slab"::equals).text();

        assertEquals("""
                ### pair

                | bytes | threads | slab | glibc | jemalloc |
                | --- | --- | ---: | ---: | ---: |
                | 64 | 1 | **3.0** | 12.0 | – |
                | mixed | 1 | – | **1,235** | – |

                ### sh6

                | bytes | threads | slab | none | glibc | jemalloc |
                | --- | --- | ---: | ---: | ---: | ---: |
                | – | 1 | **20.0** | 1.0 | – | – |

                """, text);
    }

    @Test
    void shouldTellTheMostHeapThatOursAllocated() {
        List<Measured> all = List.of(
                new Measured("pair", "64", 1, "slab", List.of(3.0), List.of(0.001)),
                new Measured("pair", "64", 1, "buddy", List.of(3.0), List.of(24.0, 24.0, 0.0)),
                new Measured("pair", "64", 1, "glibc", List.of(3.0), List.of(100.0)));

        String text = new MarkdownTables(all, SUBJECTS, Set.of(), name -> !name.equals("glibc")).text();

        assertEquals(
                "Java heap per operation, ours: at most 24.00 B (buddy).",
                text.strip().lines().toList().getLast());
    }

    private static Measured measured(String benchmark, String byteSize, String subject, List<Double> nanos) {
        return new Measured(benchmark, byteSize, 1, subject, nanos, List.of());
    }
}
