// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.metalloc.bench.suite;

import org.jspecify.annotations.NullMarked;
