// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Off-heap caches: OHC over sun.misc.Unsafe, Infinispan over malloc through the foreign linker. */
@NullMarked
package dev.metalloc.bench.workload.cache;

import org.jspecify.annotations.NullMarked;
