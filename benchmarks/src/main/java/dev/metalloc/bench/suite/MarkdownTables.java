// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import dev.metalloc.bench.alloc.Subjects;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Prints results as Markdown: for each benchmark a table with a row for each size and number of threads and a column for each
 * subject; medians, the least of a row's allocators bold, a dash where a subject was not measured.
 */
final class MarkdownTables {

    private static final String ABSENT = "–";

    private final List<Measured> all;
    private final List<String> subjects;
    private final Set<String> always;
    private final Predicate<String> isOurs;

    /**
     * @param subjects columns in order; a table leaves out those that it has no figure of
     * @param always subjects that get a column in any case
     * @param isOurs whose heap per operation is told
     */
    MarkdownTables(List<Measured> all, List<String> subjects, Set<String> always, Predicate<String> isOurs) {
        this.all = all;
        this.subjects = List.copyOf(subjects);
        this.always = Set.copyOf(always);
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
        List<String> columns = columns(benchmark);
        text.append("### ").append(benchmark).append("\n\n");
        line(text, "bytes", "threads", columns);
        line(text, "---", "---", columns.stream().map(name -> "---:").toList());
        for (Measured row : rows(benchmark)) {
            line(text, size(row.byteSize()), Integer.toString(row.threads()), cells(row, columns));
        }
        text.append('\n').append(heap(benchmark));
    }

    private List<String> columns(String benchmark) {
        return subjects.stream()
                .filter(name -> always.contains(name)
                        || all.stream()
                                .anyMatch(each -> each.benchmark().equals(benchmark)
                                        && each.subject().equals(name)))
                .toList();
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

    private List<String> cells(Measured row, List<String> columns) {
        double least = all.stream()
                .filter(each -> row.isSameRowAs(each) && !each.subject().equals(Subjects.NONE))
                .mapToDouble(Measured::medianNanos)
                .min()
                .orElse(Double.NaN);
        return columns.stream().map(name -> cell(row, name, least)).toList();
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
                .max(Comparator.comparingDouble(Measured::medianHeapBytes))
                .map(most -> String.format(
                        Locale.ROOT,
                        "Java heap per operation, ours: at most %.2f B (%s).%n%n",
                        most.medianHeapBytes(),
                        most.subject()))
                .orElse("");
    }
}
