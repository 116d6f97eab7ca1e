// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/**
 * What profiling itself took.
 *
 * @param heldBytes memory of the recorder, estimated from its arrays
 * @param stackSampleCount stacks walked
 * @param stackSampleNanos time spent walking them
 * @param droppedBlockCount blocks whose lifetime was not followed because the live table was full
 * @param droppedSampleCount samples without a site because the site table was full
 * @param recordingNanos time of the application's threads in the recorder without its stack walks, estimated: their events
 *     times what one cost on this machine
 * @param backgroundNanos time that the profiler's own thread was at work
 */
public record ProfilerCost(
        long heldBytes,
        long stackSampleCount,
        long stackSampleNanos,
        long droppedBlockCount,
        long droppedSampleCount,
        long recordingNanos,
        long backgroundNanos) {

    public long totalNanos() {
        return stackSampleNanos + recordingNanos + backgroundNanos;
    }
}
