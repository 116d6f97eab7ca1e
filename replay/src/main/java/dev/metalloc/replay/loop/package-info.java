// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** What a trace is replayed on, and the timed loop. A {@link dev.metalloc.replay.timing.SubjectLoader} defines this package anew for each subject. */
@NullMarked
package dev.metalloc.replay.loop;

import org.jspecify.annotations.NullMarked;
