// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The parameters of the benchmarks whose blocks live and die in one thread. */
@State(Scope.Thread)
public abstract class SingleThreadBenchmark extends SubjectBenchmark {

    @Param({
        "slab",
        "bump",
        "segregated",
        "buddy",
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

    @Param({"16", "64", "256", "1024", "4096", "16384", "65536", "262144", "1048576", Sizes.MIXED})
    public String byteSize = "";

    SingleThreadBenchmark() {}
}
