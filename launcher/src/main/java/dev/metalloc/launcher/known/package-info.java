// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** What is known of applications: their profiles, what is recommended for them, their policies and plans. */
@NullMarked
package dev.metalloc.launcher.known;

import org.jspecify.annotations.NullMarked;
