// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import dev.metalloc.bench.alloc.Subjects;

/**
 * One row of a table: a benchmark with one size and one number of threads.
 *
 * @param benchmark name of the benchmark's method or group, as results have it
 * @param byteSize its size parameter, or empty where it has none
 * @param largestBytes the largest block it asks for
 * @param isCrossThread whether a block may be freed by another thread, or is shared even with one thread
 */
record SuiteCase(String benchmark, String byteSize, int threads, long largestBytes, boolean isCrossThread) {

    /** What patterns on the command line are looked for in: {@code benchmark/byteSize/threads}. */
    String label() {
        return byteSize.isEmpty() ? benchmark + "/" + threads : benchmark + "/" + byteSize + "/" + threads;
    }

    /** The pattern that finds this benchmark, and no other, among JMH's. */
    String include() {
        return "bench\\.alloc\\.\\w+Benchmark\\." + benchmark + "$";
    }

    boolean suits(String subject) {
        return Subjects.serves(subject, largestBytes, isCrossThread ? Math.max(2, threads) : threads);
    }
}
