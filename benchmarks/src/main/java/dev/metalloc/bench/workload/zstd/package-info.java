// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** A compression library behind JNI that is handed direct buffers: zstd. */
@NullMarked
package dev.metalloc.bench.workload.zstd;

import org.jspecify.annotations.NullMarked;
