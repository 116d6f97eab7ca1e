// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** What a block costs on the JDK's path and on each allocator, from a table of measurements. */
@NullMarked
package dev.metalloc.classifier.cost;

import org.jspecify.annotations.NullMarked;
