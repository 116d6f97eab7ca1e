// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Recommendations as JSON for programs and as text for people. */
@NullMarked
package dev.metalloc.classifier.report;

import org.jspecify.annotations.NullMarked;
