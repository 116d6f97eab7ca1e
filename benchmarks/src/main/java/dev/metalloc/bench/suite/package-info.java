// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** The command behind {@code benchmarks/run}: which benchmarks run with which subjects, and the tables of what came out. */
@NullMarked
package dev.metalloc.bench.suite;

import org.jspecify.annotations.NullMarked;
