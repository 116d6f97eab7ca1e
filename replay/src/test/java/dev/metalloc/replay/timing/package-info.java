// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Tests of timing. */
@NullMarked
package dev.metalloc.replay.timing;

import org.jspecify.annotations.NullMarked;
