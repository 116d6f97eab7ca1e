// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.metalloc.policy.PolicyFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeedTomlTest {

    private static final String WELL = """
            schema = 1
            title = "A package"
            coordinates = ["g:a"]
            versions = "[1,2)"
            classes = ["a.B"]

            [[rule]]
            entryPoint = "UNSAFE"
            sites = "a.*"
            allocator = "leave"
            reasons = ["nothing to win"]

            [[evidence]]
            claim = "it says so"
            link = "https://example.org"
            date = "2026-01-31"
            by = "them"
            """;

    @TempDir
    Path folder;

    @Test
    void shouldReadWhatIsWell() throws PolicyFormatException {
        Seed seed = SeedToml.parse(WELL, "a", "a.toml");

        assertEquals(List.of("g:a"), seed.coordinates());
        assertEquals(Long.MAX_VALUE, seed.rules().get(0).maxByteSize());
        assertEquals("2026-01-31", seed.evidence().get(0).date());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            schema = 1          | schema = 2         | schema: 2 is newer than 1 (update metalloc to read it)
            g:a                 | nothing            | coordinates: nothing (expected: group:artifact)
            [1,2)               | [1,2               | versions: [1,2 (expected: a range such as [4.1,4.2))
            UNSAFE              | MALLOC             | rule 1: entryPoint: MALLOC (expected: one of
            2026-01-31          | yesterday          | evidence 1: date: expected a day or month
            https://example.org | somewhere          | evidence 1: link: somewhere (expected: an https address
            ["nothing to win"]  | []                 | rule 1: reasons: none (expected: at least one sentence)
            title =             | name =             | name: unknown key
            """)
    void shouldNameWhatIsWrong(String well, String wrong, String message) {
        PolicyFormatException e = assertThrows(
                PolicyFormatException.class, () -> SeedToml.parse(WELL.replace(well, wrong), "a", "a.toml"));

        assertEquals("a.toml: " + message, String.valueOf(e.getMessage()).substring(0, 8 + message.length()));
    }

    @Test
    void shouldPreferTheUsersOwnAndGoOnWithoutWhatIsWrong() throws IOException {
        Files.writeString(folder.resolve("h2.toml"), WELL);
        Files.writeString(folder.resolve("mine.toml"), WELL);
        Files.writeString(folder.resolve("wrong.toml"), "schema = 9");
        List<String> problems = new ArrayList<>();

        SeedCatalog catalog = SeedCatalog.load(folder, problems::add);

        assertEquals(
                2,
                catalog.seeds().stream()
                        .filter(seed -> seed.title().equals("A package"))
                        .count());
        assertEquals(
                List.of(folder.resolve("wrong.toml") + ": schema: 9 is newer than 1 (update metalloc to read it)"),
                problems);
    }
}
