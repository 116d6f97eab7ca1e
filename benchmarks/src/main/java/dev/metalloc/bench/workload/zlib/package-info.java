// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Foreign-function bindings that open an arena per call. */
@NullMarked
package dev.metalloc.bench.workload.zlib;

import org.jspecify.annotations.NullMarked;
