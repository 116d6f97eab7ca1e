// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Tests of the comparison with all that could have been composed. */
@NullMarked
package dev.metalloc.replay.regret;

import org.jspecify.annotations.NullMarked;
