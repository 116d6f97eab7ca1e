// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Where profiles and policies are kept between runs: an embedded SQLite file, and a folder JVMs drop their profiles in. */
@NullMarked
package dev.metalloc.policy.store;

import org.jspecify.annotations.NullMarked;
