// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that must not be torn apart by a stack overflow: it holds a lock.
 *
 * <p>Below the application this name stands for the JVM's own annotation, which gives such a method a reserve of stack and
 * throws the error at its end. Elsewhere it does nothing.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface ReservedStack {}
