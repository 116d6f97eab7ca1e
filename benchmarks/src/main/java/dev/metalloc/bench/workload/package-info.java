// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Real applications with fixed work: what every one of them reads, counts and prints. */
@NullMarked
package dev.metalloc.bench.workload;

import org.jspecify.annotations.NullMarked;
