// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** An off-heap cache over sun.misc.Unsafe. */
@NullMarked
package dev.metalloc.bench.workload.cache;

import org.jspecify.annotations.NullMarked;
