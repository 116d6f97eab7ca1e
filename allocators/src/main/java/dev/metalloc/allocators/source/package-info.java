// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Where allocators get memory: address space reserved once, committed and purged in pieces. */
@NullMarked
package dev.metalloc.allocators.source;

import org.jspecify.annotations.NullMarked;
