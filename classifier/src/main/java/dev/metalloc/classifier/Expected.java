// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

/**
 * What a verdict is expected to change.
 *
 * @param nanosPerEventBefore CPU time on the JDK's path, per event: an allocation and its free are two events
 * @param nanosPerEventAfter the same with the chosen allocator
 * @param peakBytesBefore memory held at the peak, the allocator's own overhead included
 * @param peakBytesAfter the same with the chosen allocator
 */
public record Expected(
        double nanosPerEventBefore, double nanosPerEventAfter, long peakBytesBefore, long peakBytesAfter) {}
