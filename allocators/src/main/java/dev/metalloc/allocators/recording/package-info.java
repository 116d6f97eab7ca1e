// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * Traces of what a program asks of an allocator, and a layer for tools that records them; {@code docs/trace-format.md} has the
 * format.
 *
 * <p>The layer writes through streams and may block. Of this package the agent places the writer below the application, alone.
 */
@NullMarked
package dev.metalloc.allocators.recording;

import org.jspecify.annotations.NullMarked;
