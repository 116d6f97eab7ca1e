// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.OffHeapAllocator;
import java.util.function.UnaryOperator;

/** A layer that the suites put over allocators. */
record Layer(String name, UnaryOperator<OffHeapAllocator> over) {}
