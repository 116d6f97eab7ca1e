// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Under which name an application's profiles and policies are kept, told from its command line. */
@NullMarked
package dev.metalloc.policy.identity;

import org.jspecify.annotations.NullMarked;
