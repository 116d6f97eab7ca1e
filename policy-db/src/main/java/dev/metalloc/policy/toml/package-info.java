// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** TOML as typed tables whose errors name the field; what policies and seeds are written in. */
@NullMarked
package dev.metalloc.policy.toml;

import org.jspecify.annotations.NullMarked;
