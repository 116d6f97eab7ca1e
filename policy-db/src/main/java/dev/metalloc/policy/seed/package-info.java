// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * What is known of packages before anything was profiled: one reviewed file per package, and the finding of packages on an
 * application's class path.
 */
@NullMarked
package dev.metalloc.policy.seed;

import org.jspecify.annotations.NullMarked;
