// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntryPointTablesTest {

    @TempDir
    Path folder;

    @Test
    void shouldPutWhatServedBelowIntoColumnsAndJoinRounds() throws IOException {
        String text = EntryPointTables.tables(List.of(
                "jdk=" + results("a", "30.0, 31.0, 32.0"),
                "metalloc=" + results("b", "5.0"),
                "metalloc=" + results("c", "6.0, 7.0")));

        assertTrue(text.contains("### pair, unsafe"), text);
        assertTrue(text.contains("| bytes | threads | jdk | metalloc |"), text);
        assertTrue(text.contains("| 64 | 1 | 31.0 | **6.0** |"), text);
    }

    @Test
    void shouldRefuseAFileWithoutAName() {
        assertThrows(IOException.class, () -> EntryPointTables.tables(List.of("results.json")));
    }

    private Path results(String name, String figures) throws IOException {
        return Files.writeString(folder.resolve(name), """
                [{"benchmark": "x.PairBenchmark.pair", "threads": 1, "params": {"byteSize": "64", "subject": "unsafe"},
                  "primaryMetric": {"rawData": [[%s]]}}]
                """.formatted(figures));
    }
}
