// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Prints results as Markdown: for each benchmark a table with a row for each size and number of threads and a column for each
 * subject; medians, the least of a row bold, a dash where a subject was not measured.
 */
final class MarkdownTables {

    private static final String ABSENT = "–";

    private final List<Measured> all;
    private final List<String> subjects;
    private final Predicate<String> isOurs;

    /**
     * @param subjects columns in order; those nobody measured are left out, unless {@code always} holds them
     * @param always subjects that get a column in any case
     * @param isOurs whose heap per operation is told
     */
    MarkdownTables(List<Measured> all, List<String> subjects, Set<String> always, Predicate<String> isOurs) {
        this.all = all;
        this.subjects = subjects.stream()
                .filter(name -> always.contains(name)
                        || all.stream().anyMatch(each -> each.subject().equals(name)))
                .toList();
        this.isOurs = isOurs;
    }

    String text() {
        Set<String> benchmarks = new LinkedHashSet<>();
        all.forEach(each -> benchmarks.add(each.benchmark()));
        StringBuilder text = new StringBuilder();
        for (String benchmark : benchmarks) {
            table(text, benchmark);
        }
        return text.toString();
    }

    private void table(StringBuilder text, String benchmark) {
        List<Measured> rows = rows(benchmark);
        text.append("### ").append(benchmark).append("\n\n");
        line(text, "bytes", "threads", subjects);
        line(text, "---", "---", subjects.stream().map(name -> "---:").toList());
        for (Measured row : rows) {
            line(text, size(row.byteSize()), Integer.toString(row.threads()), cells(row));
        }
        text.append('\n').append(heap(benchmark));
    }

    /** One result of each row, in the order of the results. */
    private List<Measured> rows(String benchmark) {
        List<Measured> rows = new ArrayList<>();
        for (Measured each : all) {
            if (each.benchmark().equals(benchmark) && rows.stream().noneMatch(each::isSameRowAs)) {
                rows.add(each);
            }
        }
        return rows;
    }

    private static void line(StringBuilder text, String first, String second, List<String> rest) {
        text.append("| ").append(first).append(" | ").append(second);
        rest.forEach(cell -> text.append(" | ").append(cell));
        text.append(" |\n");
    }

    private List<String> cells(Measured row) {
        double least = all.stream()
                .filter(row::isSameRowAs)
                .mapToDouble(Measured::medianNanos)
                .min()
                .orElseThrow();
        return subjects.stream().map(name -> cell(row, name, least)).toList();
    }

    private String cell(Measured row, String subject, double least) {
        Optional<Measured> found = all.stream()
                .filter(each -> each.isSameRowAs(row) && each.subject().equals(subject))
                .findFirst();
        if (found.isEmpty()) {
            return ABSENT;
        }
        double nanos = found.get().medianNanos();
        return nanos == least ? "**" + figure(nanos) + "**" : figure(nanos);
    }

    private static String figure(double nanos) {
        return String.format(Locale.ROOT, nanos < 100 ? "%.1f" : "%,.0f", nanos);
    }

    private static String size(String byteSize) {
        return byteSize.isEmpty() ? ABSENT : byteSize;
    }

    /** The most that any of our subjects allocated on the Java heap. */
    private String heap(String benchmark) {
        return all.stream()
                .filter(each -> each.benchmark().equals(benchmark)
                        && isOurs.test(each.subject())
                        && !each.heapBytes().isEmpty())
                .mapToDouble(Measured::medianHeapBytes)
                .max()
                .stream()
                .mapToObj(
                        most -> String.format(Locale.ROOT, "Java heap per operation, ours: at most %.2f B.%n%n", most))
                .findFirst()
                .orElse("");
    }
}
