// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * A layer for tools that records what a program asks of an allocator as a trace; {@code docs/trace-format.md} has the format.
 *
 * <p>Not part of what the agent places below the application: it writes through streams and compresses, and may block.
 */
@NullMarked
package dev.metalloc.allocators.recording;

import org.jspecify.annotations.NullMarked;
