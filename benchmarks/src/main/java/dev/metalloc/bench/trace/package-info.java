// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Recorded allocation traces: reading them, replaying them on any allocator, and the memory each allocator takes for them. */
@NullMarked
package dev.metalloc.bench.trace;

import org.jspecify.annotations.NullMarked;
