// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** A pointer in a chunk; depends on api, source and layout. */
@NullMarked
package dev.metalloc.allocators.bump;

import org.jspecify.annotations.NullMarked;
