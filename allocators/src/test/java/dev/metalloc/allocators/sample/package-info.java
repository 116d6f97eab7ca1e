// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** An allocator as a third party would write it: public interfaces only, found through {@link java.util.ServiceLoader}. */
@NullMarked
package dev.metalloc.allocators.sample;

import org.jspecify.annotations.NullMarked;
