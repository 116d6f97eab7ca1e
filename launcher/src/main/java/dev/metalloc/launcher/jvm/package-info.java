// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** The user's own command line and the JVM it starts. */
@NullMarked
package dev.metalloc.launcher.jvm;

import org.jspecify.annotations.NullMarked;
