// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.source.ChunkSource;
import java.util.concurrent.atomic.AtomicInteger;

/** Refuses every n-th reservation and every n-th commit of another source, or the n-th acquisition of either kind alone. */
final class FailingChunkSource implements ChunkSource {

    static final int NEVER = 0;

    private final ChunkSource inner;
    private final int failingReserve;
    private final int failingCommit;
    private int failingAcquisition = NEVER;
    private final AtomicInteger acquisitions = new AtomicInteger();
    private final AtomicInteger reserves = new AtomicInteger();
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger refusedCommits = new AtomicInteger();

    FailingChunkSource(ChunkSource inner, int failingReserve, int failingCommit) {
        this.inner = inner;
        this.failingReserve = failingReserve;
        this.failingCommit = failingCommit;
    }

    /** Refuses the n-th acquisition, reservation or commit, from 1, and no other. */
    static FailingChunkSource onlyAt(ChunkSource inner, int acquisition) {
        FailingChunkSource failing = new FailingChunkSource(inner, NEVER, NEVER);
        failing.failingAcquisition = acquisition;
        return failing;
    }

    /** Acquisitions asked for so far, refused ones included. */
    int acquisitions() {
        return acquisitions.get();
    }

    private boolean failsOnce() {
        return acquisitions.incrementAndGet() == failingAcquisition;
    }

    private static boolean fails(AtomicInteger calls, int failing) {
        return failing != NEVER && calls.incrementAndGet() % failing == 0;
    }

    @Override
    public long pageByteSize() {
        return inner.pageByteSize();
    }

    @Override
    public long reserve(long byteSize, long byteAlignment) {
        return failsOnce() || fails(reserves, failingReserve) ? 0 : inner.reserve(byteSize, byteAlignment);
    }

    @Override
    public boolean commit(long address, long byteSize) {
        if (failsOnce() || fails(commits, failingCommit)) {
            refusedCommits.incrementAndGet();
            return false;
        }
        return inner.commit(address, byteSize);
    }

    int refusedCommits() {
        return refusedCommits.get();
    }

    @Override
    public void purge(long address, long byteSize) {
        inner.purge(address, byteSize);
    }

    @Override
    public void decommit(long address, long byteSize) {
        inner.decommit(address, byteSize);
    }

    @Override
    public void release(long address, long byteSize) {
        inner.release(address, byteSize);
    }

    @Override
    public long committedBytes() {
        return inner.committedBytes();
    }

    @Override
    public long peakCommittedBytes() {
        return inner.peakCommittedBytes();
    }

    @Override
    public long reservedBytes() {
        return inner.reservedBytes();
    }

    @Override
    public void close() {
        inner.close();
    }
}
