// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** What the classifier composes for a trace, from the trace's profile. */
@NullMarked
package dev.metalloc.replay.choice;

import org.jspecify.annotations.NullMarked;
