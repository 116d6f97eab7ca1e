// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Tests of profiles of traces. */
@NullMarked
package dev.metalloc.replay.profile;

import org.jspecify.annotations.NullMarked;
