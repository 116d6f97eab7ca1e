// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import org.HdrHistogram.Histogram;

/**
 * What arenas of one kind looked like.
 *
 * @param openCount arenas opened
 * @param closeCount arenas closed, by a call or, for automatic ones, by the collector
 * @param remoteCloseCount closed by another thread than the opening one
 * @param nestedOpenCount opened while another confined arena of the same thread was open
 * @param outOfOrderCloseCount closed while an arena that the same thread opened later was still open
 * @param maxOpenCount most arenas of one thread open at once
 * @param allocationsPerArena blocks per closed arena
 * @param bytesPerArena requested bytes per closed arena
 */
public record ArenaShapes(
        long openCount,
        long closeCount,
        long remoteCloseCount,
        long nestedOpenCount,
        long outOfOrderCloseCount,
        long maxOpenCount,
        Histogram allocationsPerArena,
        Histogram bytesPerArena) {}
