// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** The replay of traces: which subjects, how measured, and how told. */
@NullMarked
package dev.metalloc.replay;

import org.jspecify.annotations.NullMarked;
