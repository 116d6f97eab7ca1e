// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.MetallocHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How an application was prepared when it was last started, for as long as nothing has changed that it depends on.
 *
 * <p>Reading it takes a millisecond or two, where loading a database driver alone takes some tenths of a second. The file
 * is text: the stamp, the plan, the plan's state, the cache, the reason, the notice, the name of its runs, then the explanation, a line each.
 */
public final class StartMemory {

    private static final String FIRST_LINE = "metalloc-start 4";
    /** A stamp that no start has: what is kept with it can be looked at, and is not used. */
    static final String NEVER = "-";

    private static final String NO_PLAN = "-";
    private static final int FIXED_LINES = 8;

    private final Path file;

    public StartMemory(MetallocHome home, String app) {
        this.file = home.plans().resolve(FileNames.of(app) + ".start");
    }

    /** The last start's preparation, where its stamp is this one and its plan is as it was written then. */
    public Optional<PreparedStart> recall(String stamp) {
        Optional<List<String>> lines = read();
        if (lines.isEmpty() || !lines.get().get(1).equals(stamp)) {
            return Optional.empty();
        }
        PreparedStart start = start(lines.get());
        return planState(start.plan()).equals(lines.get().get(3)) ? Optional.of(start) : Optional.empty();
    }

    // A policy named on the command line may have the same name and version, and then the same plan file.
    private static String planState(Optional<Path> plan) {
        return plan.isPresent() ? FileState.of(plan.get()).text() : NO_PLAN;
    }

    /** What was explained at the last start, whatever has changed since. */
    public Optional<PreparedStart> last() {
        return read().map(StartMemory::start);
    }

    /** Empty where it was never started, or the file is half of another: prepared anew. */
    private Optional<List<String>> read() {
        List<String> lines = List.of(SmallFile.text(file.toString()).split("\n"));
        boolean isOurs = lines.size() >= FIXED_LINES && lines.getFirst().equals(FIRST_LINE);
        return isOurs ? Optional.of(lines) : Optional.empty();
    }

    private static PreparedStart start(List<String> lines) {
        Optional<Path> plan = lines.get(2).equals(NO_PLAN) ? Optional.empty() : Optional.of(Path.of(lines.get(2)));
        return new PreparedStart(
                plan,
                Path.of(lines.get(4)),
                lines.get(5),
                lines.get(6),
                lines.get(7),
                true,
                lines.subList(FIXED_LINES, lines.size()));
    }

    /** Keeps a preparation; where it cannot be kept the next start prepares anew. */
    public void keep(String stamp, PreparedStart start) {
        List<String> lines = new ArrayList<>(List.of(
                FIRST_LINE,
                stamp,
                start.plan().map(Path::toString).orElse(NO_PLAN),
                planState(start.plan()),
                start.cache().toString(),
                start.reason(),
                start.notice(),
                start.runs()));
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
