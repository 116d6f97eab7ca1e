// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** The metalloc command: where it stands, and how its failures become one line and an exit code. */
@NullMarked
package dev.metalloc.launcher;

import org.jspecify.annotations.NullMarked;
