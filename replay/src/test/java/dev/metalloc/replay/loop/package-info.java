// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Tests of loop. */
@NullMarked
package dev.metalloc.replay.loop;

import org.jspecify.annotations.NullMarked;
