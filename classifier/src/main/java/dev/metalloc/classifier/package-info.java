// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** From a profile to a recommendation: flags with evidence, and a verdict per entry point and size band. */
@NullMarked
package dev.metalloc.classifier;

import org.jspecify.annotations.NullMarked;
