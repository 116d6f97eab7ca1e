// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Tests of reading and replaying traces, on traces that they write themselves. */
@NullMarked
package dev.metalloc.replay.trace;

import org.jspecify.annotations.NullMarked;
