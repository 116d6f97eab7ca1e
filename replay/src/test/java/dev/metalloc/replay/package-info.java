// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Tests of replaying traces. */
@NullMarked
package dev.metalloc.replay;

import org.jspecify.annotations.NullMarked;
