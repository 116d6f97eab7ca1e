// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Numbers with units that a profile comes down to; nothing here judges. */
@NullMarked
package dev.metalloc.classifier.features;

import org.jspecify.annotations.NullMarked;
