// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** How long allocators take for a trace: all in one JVM, in turn. */
@NullMarked
package dev.metalloc.replay.timing;

import org.jspecify.annotations.NullMarked;
