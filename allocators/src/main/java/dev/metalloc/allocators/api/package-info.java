// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * What an allocator is: its operations, the traits it exports, its specification and its statistics.
 *
 * <p>Depends on the JDK alone. Everything here is loaded below the application, so: no lambdas, no logging, no
 * {@code ThreadLocal}.
 */
@NullMarked
package dev.metalloc.allocators.api;

import org.jspecify.annotations.NullMarked;
