// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Two-level good fit with coalescing; depends on api, source and layout. */
@NullMarked
package dev.metalloc.allocators.segregated;

import org.jspecify.annotations.NullMarked;
