// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Tests of what is composed for traces. */
@NullMarked
package dev.metalloc.replay.choice;

import org.jspecify.annotations.NullMarked;
