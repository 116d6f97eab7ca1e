// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Power-of-two blocks that split and coalesce; depends on api, source and layout. */
@NullMarked
package dev.metalloc.allocators.buddy;

import org.jspecify.annotations.NullMarked;
