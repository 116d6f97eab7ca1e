// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** What the recorder alone costs, without the agent around it. */
@NullMarked
package dev.metalloc.bench.record;

import org.jspecify.annotations.NullMarked;
