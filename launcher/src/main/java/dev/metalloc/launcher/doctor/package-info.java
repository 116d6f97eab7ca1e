// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** What of the machine and the installation is well and what to change. */
@NullMarked
package dev.metalloc.launcher.doctor;

import org.jspecify.annotations.NullMarked;
