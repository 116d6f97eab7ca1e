// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** The C library's allocator; depends on api and source. */
@NullMarked
package dev.metalloc.allocators.system;

import org.jspecify.annotations.NullMarked;
