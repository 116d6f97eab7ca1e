// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Prints what {@code benchmarks/entry-points} measured, a column for each allocator below the JVM.
 *
 * <p>Arguments: {@code NAME=FILE}, the results of JMH in FILE having been measured with NAME; any number of files for one name.
 */
public final class EntryPointTables {

    private static final String OURS = "metalloc";

    private EntryPointTables() {}

    public static void main(String[] arguments) throws IOException {
        System.out.print(tables(List.of(arguments)));
    }

    static String tables(List<String> namedFiles) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        List<Measured> all = new ArrayList<>();
        for (String namedFile : namedFiles) {
            int equals = namedFile.indexOf('=');
            if (equals < 1) {
                throw new IOException(namedFile + ": no name (expected: NAME=FILE)");
            }
            names.add(namedFile.substring(0, equals));
        }
        for (String name : names) {
            JmhResults results = new JmhResults();
            for (String namedFile : namedFiles) {
                if (namedFile.startsWith(name + "=")) {
                    results.add(Path.of(namedFile.substring(name.length() + 1)));
                }
            }
            results.all().forEach(each -> all.add(named(each, name)));
        }
        return new MarkdownTables(all, List.copyOf(names), names, OURS::equals).text();
    }

    /** The API measured goes into the benchmark's name, what serves it below becomes the subject. */
    private static Measured named(Measured measured, String name) {
        String benchmark =
                measured.subject().isEmpty() ? measured.benchmark() : measured.benchmark() + ", " + measured.subject();
        return new Measured(
                benchmark, measured.byteSize(), measured.threads(), name, measured.nanos(), measured.heapBytes());
    }
}
