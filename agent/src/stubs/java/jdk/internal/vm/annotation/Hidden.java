// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.vm.annotation;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Compile-only: the method stands in no stack trace. */
@Retention(RetentionPolicy.RUNTIME)
public @interface Hidden {}
