// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Sizes, size classes and bitmaps: where rounding and indexing are known, and nowhere else. */
@NullMarked
package dev.metalloc.allocators.layout;

import org.jspecify.annotations.NullMarked;
