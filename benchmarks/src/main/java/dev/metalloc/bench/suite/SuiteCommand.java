// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import dev.metalloc.bench.alloc.Subjects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs the suite and prints its tables: {@code [--quick] [--json FILE] [PATTERN…]}; or prints those of earlier results: {@code
 * --print FILE…}.
 *
 * <p>Results go to the file named, or else to the one that the property {@code metalloc.suite.json} names. A pattern is a regular
 * expression looked for in {@code benchmark/byteSize/threads}.
 */
public final class SuiteCommand {

    private static final int BAD_USAGE = 2;

    private boolean isQuick;
    private boolean isPrint;
    private Path json = Path.of(System.getProperty("metalloc.suite.json", "suite.json"));
    private final List<String> words = new ArrayList<>();

    private SuiteCommand() {}

    public static void main(String[] args) {
        try {
            SuiteCommand command = new SuiteCommand();
            command.parse(args);
            command.run(String.join(" ", args));
        } catch (IllegalArgumentException e) {
            fail(String.valueOf(e.getMessage()), BAD_USAGE);
        } catch (IOException | RunnerException e) {
            fail(String.valueOf(e.getMessage()), 1);
        }
    }

    private static void fail(String message, int exitCode) {
        System.err.println("benchmarks/run: " + message);
        System.exit(exitCode);
    }

    private void parse(String[] args) {
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> isQuick = true;
                case "--print" -> isPrint = true;
                case "--json" -> {
                    if (++i == args.length) {
                        throw new IllegalArgumentException("--json: no file named (expected: --json FILE)");
                    }
                    json = Path.of(args[i]);
                }
                default -> {
                    if (args[i].startsWith("-")) {
                        throw new IllegalArgumentException(
                                args[i] + ": unknown option (expected: --quick, --json FILE or --print FILE…)");
                    }
                    words.add(args[i]);
                }
            }
        }
    }

    private void run(String commandLine) throws IOException, RunnerException {
        if (isPrint) {
            print(words.stream().map(Path::of).toList());
            return;
        }
        SuitePlan plan = isQuick ? SuitePlan.quick() : SuitePlan.full();
        List<SuiteCase> cases = plan.casesMatching(patterns());
        if (cases.isEmpty()) {
            throw new IllegalArgumentException(words + ": found in no benchmark (expected: a part of, say, "
                    + plan.cases().getFirst().label() + ")");
        }
        SuiteRun run = new SuiteRun(plan, present(), System.err);
        run.run(cases);
        run.write(json);
        System.out.printf("%s.%n%n    benchmarks/run %s%n%n", Machine.description(), commandLine);
        print(List.of(json));
    }

    private List<Pattern> patterns() {
        try {
            return words.stream().map(Pattern::compile).toList();
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    e.getPattern() + ": no regular expression (" + e.getDescription() + ")", e);
        }
    }

    /** Subjects that are there; of each that is not, one line says why. */
    private static List<String> present() {
        List<String> present = new ArrayList<>();
        for (String name : Subjects.names()) {
            Optional<String> absence = Subjects.absence(name);
            if (absence.isEmpty()) {
                present.add(name);
            } else {
                System.err.println(name + " is left out: " + absence.get());
            }
        }
        return present;
    }

    private static void print(List<Path> files) throws IOException {
        JmhResults results = new JmhResults();
        for (Path file : files) {
            results.add(file);
        }
        System.out.print(new MarkdownTables(results.all(), Subjects.names(), peers(), Subjects::isOurs).text());
    }

    private static Set<String> peers() {
        Set<String> peers = new HashSet<>(Subjects.names());
        peers.removeIf(name -> Subjects.isOurs(name) || name.equals(Subjects.NONE));
        return peers;
    }
}
