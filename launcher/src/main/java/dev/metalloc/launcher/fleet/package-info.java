// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** What many hosts' profiles say together, and how profiles and policies travel from one store to another. */
@NullMarked
package dev.metalloc.launcher.fleet;

import org.jspecify.annotations.NullMarked;
