// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * What each entry point costs per operation.
 *
 * <p>Run them without the agent, and with it through {@code -jvmArgsAppend}, on the class path of {@code
 * target/metalloc-benchmarks.jar} and {@code target/lib/*}: {@code java -cp … org.openjdk.jmh.Main ArenaBenchmark
 * -jvmArgsAppend -javaagent:…}.
 */
@NullMarked
package dev.metalloc.bench.entry;

import org.jspecify.annotations.NullMarked;
