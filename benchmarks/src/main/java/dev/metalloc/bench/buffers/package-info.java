// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
/** Netty's buffers on allocators of ours, beside Netty's own: whether an integration would win anything. */
@NullMarked
package dev.metalloc.bench.buffers;

import org.jspecify.annotations.NullMarked;
