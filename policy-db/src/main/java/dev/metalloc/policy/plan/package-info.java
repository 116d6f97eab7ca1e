// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** The compiled plan: what a policy says, for one JVM at start. The agent reads it, so: JDK only. */
@NullMarked
package dev.metalloc.policy.plan;

import org.jspecify.annotations.NullMarked;
