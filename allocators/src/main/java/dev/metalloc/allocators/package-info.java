// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Makes allocators from their specifications: the only package that knows all of them. */
@NullMarked
package dev.metalloc.allocators;

import org.jspecify.annotations.NullMarked;
