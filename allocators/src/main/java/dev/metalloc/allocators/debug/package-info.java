// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Layers that find errors of the program; never flags inside the strategies. */
@NullMarked
package dev.metalloc.allocators.debug;

import org.jspecify.annotations.NullMarked;
