// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Allocators made of allocators, by size band. */
@NullMarked
package dev.metalloc.allocators.composite;

import org.jspecify.annotations.NullMarked;
