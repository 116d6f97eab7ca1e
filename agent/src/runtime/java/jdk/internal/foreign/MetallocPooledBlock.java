// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

/** A block of ours among the resources of a shared arena's session. */
final class MetallocPooledBlock extends MemorySessionImpl.ResourceList.ResourceCleanup {

    private final long address;
    private final long byteSize;

    MetallocPooledBlock(long address, long byteSize) {
        this.address = address;
        this.byteSize = byteSize;
    }

    /** Frees the block: no access may be under way, as where the JDK calls this. */
    @Override
    public void cleanup() {
        MetallocArenaHooks.sharedFree(address);
    }

    /** The blocks' bytes from this one on, or -1 where another resource is among them. */
    static long pooledBytes(MemorySessionImpl.ResourceList.ResourceCleanup first) {
        long sum = 0;
        for (MemorySessionImpl.ResourceList.ResourceCleanup each = first; each != null; each = each.next) {
            if (!(each instanceof MetallocPooledBlock block)) {
                return -1;
            }
            sum += block.byteSize;
        }
        return sum;
    }
}
