// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Whole-project checks. */
@NullMarked
package dev.metalloc.bench;

import org.jspecify.annotations.NullMarked;
