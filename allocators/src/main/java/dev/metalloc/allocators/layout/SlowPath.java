// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Where a rare path begins: compiled into its callers it would cost them registers, and the compiler megabytes for each of them.
 *
 * <p>Below the application this name stands for the JVM's own annotation, which its compilers obey. Elsewhere it does nothing.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface SlowPath {}
