// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * The Java agent: installs the runtime and the hooks, and starts profile mode or run mode.
 *
 * <p>On the start-up path of every run: no lambdas, no streams, no logging, no libraries but the class-file reader of the
 * {@code train} package, and that only where no prepared image fits.
 */
@NullMarked
package dev.metalloc.agent;

import org.jspecify.annotations.NullMarked;
