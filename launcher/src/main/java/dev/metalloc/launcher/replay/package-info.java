// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Starts the JVM that measures: the launcher's own is made for a quick start. */
@NullMarked
package dev.metalloc.launcher.replay;

import org.jspecify.annotations.NullMarked;
