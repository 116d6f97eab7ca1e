// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** JVMs that run already: who they are, and the agent's way into them. */
@NullMarked
package dev.metalloc.launcher.attach;

import org.jspecify.annotations.NullMarked;
