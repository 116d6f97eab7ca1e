// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

import dev.metalloc.replay.loop.ReplayTarget;

/**
 * Counts a replay's live bytes, as requested and as usable, and remembers both as of the moment when most were requested.
 *
 * <p>Confined.
 */
public final class LiveBytes implements ReplayObserver {

    private final ReplayTarget target;
    private long requestedBytes;
    private long usableBytes;
    private long peakRequestedBytes;
    private long usableBytesAtPeak;

    public LiveBytes(ReplayTarget target) {
        this.target = target;
    }

    @Override
    public void started(long address, long byteSize) {
        requestedBytes += byteSize;
        usableBytes += target.usableSize(address);
        if (requestedBytes > peakRequestedBytes) {
            peakRequestedBytes = requestedBytes;
            usableBytesAtPeak = usableBytes;
        }
    }

    @Override
    public void ending(long address, long byteSize) {
        requestedBytes -= byteSize;
        usableBytes -= target.usableSize(address);
    }

    public long requestedBytes() {
        return requestedBytes;
    }

    public long peakRequestedBytes() {
        return peakRequestedBytes;
    }

    /** Usable but not requested: the waste inside blocks when most was requested. */
    public long internalWasteAtPeak() {
        return usableBytesAtPeak - peakRequestedBytes;
    }
}
