// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The parameters of the benchmarks for several threads: every subject that any thread may call. */
@State(Scope.Thread)
public abstract class CrossThreadBenchmark extends SubjectBenchmark {

    @Param({
        "slab",
        "composite",
        "segregated-caching",
        "buddy-caching",
        "bump-locked",
        "segregated-striped",
        "buddy-striped",
        "none",
        "unsafe",
        "glibc",
        "jemalloc",
        "mimalloc",
        "tcmalloc",
        "pooled",
        "adaptive"
    })
    public String subject = "";

    CrossThreadBenchmark() {}
}
