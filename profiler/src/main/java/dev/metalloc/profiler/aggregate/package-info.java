// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Makes profiles from snapshots and larger profiles from smaller ones. Runs above: HdrHistogram and streams are fine here. */
@NullMarked
package dev.metalloc.profiler.aggregate;

import org.jspecify.annotations.NullMarked;
