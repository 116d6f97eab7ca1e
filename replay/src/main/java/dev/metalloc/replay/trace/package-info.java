// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Recorded allocation traces: reading them, and doing their events on threads in the recorded order. */
@NullMarked
package dev.metalloc.replay.trace;

import org.jspecify.annotations.NullMarked;
