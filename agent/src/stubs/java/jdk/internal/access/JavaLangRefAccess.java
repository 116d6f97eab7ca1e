// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.access;

/** Compile-only: a name for signatures; never shipped. */
public interface JavaLangRefAccess {}
