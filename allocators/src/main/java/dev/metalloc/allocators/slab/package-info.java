// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Size-class slabs owned by threads; depends on api, source, layout and concurrent. */
@NullMarked
package dev.metalloc.allocators.slab;

import org.jspecify.annotations.NullMarked;
