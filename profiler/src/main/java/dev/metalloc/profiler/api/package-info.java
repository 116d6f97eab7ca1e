// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** What a profile is: immutable data about the off-heap allocations of one or many runs, without addresses or contents. */
@NullMarked
package dev.metalloc.profiler.api;

import org.jspecify.annotations.NullMarked;
