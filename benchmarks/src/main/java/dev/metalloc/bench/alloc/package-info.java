// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * Our allocators beside those one would use instead, in one JVM each, through the same loops.
 *
 * <p>Single benchmarks run on the class path of {@code target/metalloc-benchmarks.jar} and {@code target/lib/*}: {@code java -cp
 * … org.openjdk.jmh.Main 'alloc.(Pair|Lifo)' -p subject=slab,glibc -p byteSize=64 -prof gc}. For jemalloc put {@code
 * GLIBC_TUNABLES=glibc.rtld.optional_static_tls=20000} into the environment.
 */
@NullMarked
package dev.metalloc.bench.alloc;

import org.jspecify.annotations.NullMarked;
