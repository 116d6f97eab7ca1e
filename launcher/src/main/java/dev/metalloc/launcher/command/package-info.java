// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** One class per command; each parses, calls and prints. */
@NullMarked
package dev.metalloc.launcher.command;

import org.jspecify.annotations.NullMarked;
