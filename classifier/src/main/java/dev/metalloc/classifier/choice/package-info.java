// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Bands, candidates, parameters and the verdicts on them. */
@NullMarked
package dev.metalloc.classifier.choice;

import org.jspecify.annotations.NullMarked;
