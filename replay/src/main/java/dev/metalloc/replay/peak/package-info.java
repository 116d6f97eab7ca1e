// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** The most memory that an allocator takes for a trace. */
@NullMarked
package dev.metalloc.replay.peak;

import org.jspecify.annotations.NullMarked;
