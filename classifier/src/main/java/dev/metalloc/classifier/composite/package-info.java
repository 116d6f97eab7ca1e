// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** One allocator for all blocks of a program that frees them one by one: sizes cut into ranges, and what serves each. */
@NullMarked
package dev.metalloc.classifier.composite;

import org.jspecify.annotations.NullMarked;
