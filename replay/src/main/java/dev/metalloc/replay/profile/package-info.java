// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** From a trace to a profile, as the agent would have recorded it, and from a profile to a workload like it. */
@NullMarked
package dev.metalloc.replay.profile;

import org.jspecify.annotations.NullMarked;
