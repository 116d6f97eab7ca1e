// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.features;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;

/**
 * What came through one entry point.
 *
 * @param blocksPerArena mean blocks of a closed arena; 1 for entry points that are none
 * @param arenaBytesHigh 99.9th percentile of bytes per arena, each block rounded up to a multiple of 16
 * @param arenaBlocksHigh 99.9th percentile of blocks per arena
 * @param maxOpenCount most arenas of one thread open at once
 * @param outOfOrderCloseRatio arenas closed before one that was opened later, of all closed
 * @param profile what it was taken from
 */
public record EntryPointFeatures(
        EntryPoint entryPoint,
        BandFeatures all,
        double virtualThreadRatio,
        double blocksPerArena,
        long arenaBytesHigh,
        long arenaBlocksHigh,
        long maxOpenCount,
        double outOfOrderCloseRatio,
        EntryPointProfile profile) {}
