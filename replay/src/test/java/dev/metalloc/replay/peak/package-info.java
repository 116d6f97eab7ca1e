// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Tests of peaks. */
@NullMarked
package dev.metalloc.replay.peak;

import org.jspecify.annotations.NullMarked;
