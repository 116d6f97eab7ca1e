// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import java.lang.foreign.MemorySegment;

/** Compile-only: a name for signatures; never shipped. */
public abstract non-sealed class MemorySessionImpl implements MemorySegment.Scope {}
