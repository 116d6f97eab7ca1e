// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Prepares, once per JDK build, the classes that the agent installs: the runtime in order, and the JDK's own with hooks. */
@NullMarked
package dev.metalloc.agent.train;

import org.jspecify.annotations.NullMarked;
