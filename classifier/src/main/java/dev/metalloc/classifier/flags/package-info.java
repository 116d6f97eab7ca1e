// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** What a program does, in the vocabulary allocators export: each flag with a strength and its evidence. */
@NullMarked
package dev.metalloc.classifier.flags;

import org.jspecify.annotations.NullMarked;
