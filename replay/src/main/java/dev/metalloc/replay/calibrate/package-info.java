// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Measures on this machine what the cost model must know. */
@NullMarked
package dev.metalloc.replay.calibrate;

import org.jspecify.annotations.NullMarked;
