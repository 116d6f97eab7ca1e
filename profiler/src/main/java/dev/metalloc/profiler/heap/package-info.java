// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Tells what the C library's heaps hold, from the outside: by the process's mappings alone, without a lock or a page of theirs. */
@NullMarked
package dev.metalloc.profiler.heap;

import org.jspecify.annotations.NullMarked;
