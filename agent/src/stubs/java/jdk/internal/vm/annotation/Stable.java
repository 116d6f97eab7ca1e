// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.vm.annotation;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Compile-only: the JVM takes a field or element that is not its type's zero for a constant. */
@Retention(RetentionPolicy.RUNTIME)
public @interface Stable {}
