// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.MetallocHome;
import java.io.BufferedReader;
import java.io.FileReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How an application was prepared when it was last started, for as long as nothing has changed that it depends on.
 *
 * <p>Reading it takes a millisecond or two, where loading a database driver alone takes some tenths of a second. The file
 * is text: the stamp, the plan, the cache, the reason, then the explanation, a line each.
 */
public final class StartMemory {

    private static final String FIRST_LINE = "metalloc-start 1";
    private static final String NO_PLAN = "-";
    private static final int FIXED_LINES = 5;

    private final Path file;

    public StartMemory(MetallocHome home, String app) {
        this.file = home.plans().resolve(FileNames.of(app) + ".start");
    }

    /** The last start's preparation, where its stamp is this one and its plan is still there. */
    public Optional<PreparedStart> recall(String stamp) {
        Optional<List<String>> lines = read();
        if (lines.isEmpty() || !lines.get().get(1).equals(stamp)) {
            return Optional.empty();
        }
        PreparedStart start = start(lines.get());
        return start.plan().isEmpty() || Files.isReadable(start.plan().get()) ? Optional.of(start) : Optional.empty();
    }

    /** What was explained at the last start, whatever has changed since. */
    public Optional<PreparedStart> last() {
        return read().map(StartMemory::start);
    }

    private Optional<List<String>> read() {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new FileReader(file.toFile(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
            boolean isOurs = lines.size() >= FIXED_LINES && lines.getFirst().equals(FIRST_LINE);
            return isOurs ? Optional.of(lines) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // never started, or half of another file: prepared anew
        }
    }

    private static PreparedStart start(List<String> lines) {
        Optional<Path> plan = lines.get(2).equals(NO_PLAN) ? Optional.empty() : Optional.of(Path.of(lines.get(2)));
        return new PreparedStart(plan, Path.of(lines.get(3)), lines.get(4), lines.subList(FIXED_LINES, lines.size()));
    }

    /** Keeps a preparation; where it cannot be kept the next start prepares anew. */
    public void keep(String stamp, PreparedStart start) {
        List<String> lines = new ArrayList<>(List.of(
                FIRST_LINE,
                stamp,
                start.plan().map(Path::toString).orElse(NO_PLAN),
                start.cache().toString(),
                start.reason()));
        lines.addAll(start.explanation());
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            WholeFile.write(file, String.join("\n", oneLineEach(lines)) + "\n");
        } catch (IOException e) {
            // A folder that cannot be written costs time at each start, and nothing else.
            return;
        }
    }

    private static List<String> oneLineEach(List<String> lines) {
        return lines.stream().map(line -> line.replaceAll("\\R", " ")).toList();
    }
}
