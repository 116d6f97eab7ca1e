// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** How far from the best of all that could have been composed the choice is. */
@NullMarked
package dev.metalloc.replay.regret;

import org.jspecify.annotations.NullMarked;
