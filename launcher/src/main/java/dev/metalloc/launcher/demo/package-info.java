// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** The demonstration: the same commands a user would type, on an application of real libraries. */
@NullMarked
package dev.metalloc.launcher.demo;

import org.jspecify.annotations.NullMarked;
