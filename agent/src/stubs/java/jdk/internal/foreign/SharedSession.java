// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

/** Compile-only: a name for signatures; never shipped. */
abstract class SharedSession extends MemorySessionImpl {}
