// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * The part of the agent's runtime that needs nothing internal of the JDK.
 *
 * <p>Loaded below the application, under another package name: no lambdas, no streams, no logging, no
 * {@code ThreadLocal}; nothing but the JDK, the allocators and the recording half of the profiler.
 */
@NullMarked
package dev.metalloc.agent.runtime;

import org.jspecify.annotations.NullMarked;
