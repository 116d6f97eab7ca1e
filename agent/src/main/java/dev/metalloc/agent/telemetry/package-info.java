// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
/** What run mode tells other tools while the application runs: an MXBean and events of the flight recorder. */
@NullMarked
package dev.metalloc.agent.telemetry;

import org.jspecify.annotations.NullMarked;
