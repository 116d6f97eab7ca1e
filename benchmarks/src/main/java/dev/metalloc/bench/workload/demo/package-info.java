// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** The application that the demo command profiles and runs again. */
@NullMarked
package dev.metalloc.bench.workload.demo;

import org.jspecify.annotations.NullMarked;
