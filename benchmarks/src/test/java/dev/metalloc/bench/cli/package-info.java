// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** The packaged command from outside: the script, the launcher and the agent in child processes. */
@NullMarked
package dev.metalloc.bench.cli;

import org.jspecify.annotations.NullMarked;
