// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Policies: which allocator an application gets, as a record, as text to be read and edited, and compiled to a plan. */
@NullMarked
package dev.metalloc.policy;

import org.jspecify.annotations.NullMarked;
