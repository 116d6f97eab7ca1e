// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Locks, owner threads and the layers that make a confined allocator safe for many threads. */
@NullMarked
package dev.metalloc.allocators.concurrent;

import org.jspecify.annotations.NullMarked;
