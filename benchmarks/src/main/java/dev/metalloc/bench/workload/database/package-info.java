// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** A database that keeps its pages off the heap: H2 in its own file system of direct buffers. */
@NullMarked
package dev.metalloc.bench.workload.database;

import org.jspecify.annotations.NullMarked;
