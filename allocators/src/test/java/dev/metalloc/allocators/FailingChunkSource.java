// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.source.ChunkSource;
import java.util.concurrent.atomic.AtomicInteger;

/** Refuses every n-th reservation and every n-th commit of another source. */
final class FailingChunkSource implements ChunkSource {

    static final int NEVER = 0;

    private final ChunkSource inner;
    private final int failingReserve;
    private final int failingCommit;
    private final AtomicInteger reserves = new AtomicInteger();
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger refusedCommits = new AtomicInteger();

    FailingChunkSource(ChunkSource inner, int failingReserve, int failingCommit) {
        this.inner = inner;
        this.failingReserve = failingReserve;
        this.failingCommit = failingCommit;
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
        return fails(reserves, failingReserve) ? 0 : inner.reserve(byteSize, byteAlignment);
    }

    @Override
    public boolean commit(long address, long byteSize) {
        if (fails(commits, failingCommit)) {
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
