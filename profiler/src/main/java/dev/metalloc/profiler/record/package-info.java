// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * The recording half of the profiler: per-thread counters, the live table, sites, and the snapshot handed upwards.
 *
 * <p>Runs below the application. Depends on the JDK alone: no lambdas, no thread locals, no locks that park, nothing
 * allocated on the Java heap per event of a thread that has seen the entry point and band before.
 */
@NullMarked
package dev.metalloc.profiler.record;

import org.jspecify.annotations.NullMarked;
