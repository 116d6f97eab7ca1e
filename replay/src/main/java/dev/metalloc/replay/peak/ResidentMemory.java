// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

import dev.metalloc.replay.peak.AddressRanges.Range;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts the resident pages of the mappings that a native allocator made, one method for all of them.
 *
 * <p>Confined. Made before the allocator's library is loaded, it takes the mappings there are for the JVM's and leaves them
 * out; all memory mapped later is the allocator's, and so is a mapping of the JVM's in which the allocator put a block (the C
 * library's own malloc serves the JVM as well). That holds where the JVM maps nothing
 * in between: {@link PeerProcess} starts such a one.
 */
final class ResidentMemory implements Closeable {

    private static final long PAGE_BYTES = 4096;
    private static final long PRESENT = 1L << 63;
    private static final long SWAPPED = 1L << 62;

    private final FileChannel pageMap;
    private final List<Range> others;
    private final ByteBuffer entries = ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.nativeOrder());
    private long claimedBytes;

    ResidentMemory() throws IOException {
        pageMap = FileChannel.open(Path.of("/proc/self/pagemap"));
        others = new ArrayList<>(AddressRanges.now().ranges());
    }

    /** A block lies at the address: the mapping around it counts from now on, for what will become resident in it. */
    void claim(long address) throws IOException {
        if (isOfOthers(address)) {
            long before = residentBytes();
            claimMapping(address);
            claimedBytes += residentBytes() - before;
        }
    }

    private boolean isOfOthers(long address) {
        int low = 0;
        int high = others.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (others.get(middle).end() <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < others.size() && others.get(low).contains(address);
    }

    /** With the address space behind it, into which the C library's heaps grow. */
    private void claimMapping(long address) {
        for (int i = 0; i < others.size(); i++) {
            if (others.get(i).contains(address)) {
                Range claimed = others.remove(i);
                if (i < others.size()
                        && others.get(i).start() == claimed.end()
                        && !others.get(i).isMemory()) {
                    others.remove(i);
                }
                return;
            }
        }
    }

    /** Resident bytes of the allocator's mappings, less what was resident in claimed ones. */
    long allocatorBytes() throws IOException {
        return residentBytes() - claimedBytes;
    }

    private long residentBytes() throws IOException {
        long pages = 0;
        int other = 0;
        for (Range range : AddressRanges.now().ranges()) {
            if (range.isMemory()) {
                long from = range.start();
                while (other < others.size() && others.get(other).end() <= from) {
                    other++;
                }
                for (int i = other; i < others.size() && others.get(i).overlaps(range); i++) {
                    pages += residentPages(from, Math.max(from, others.get(i).start()));
                    from = Math.max(from, others.get(i).end());
                }
                pages += residentPages(from, range.end());
            }
        }
        return pages * PAGE_BYTES;
    }

    private long residentPages(long from, long to) throws IOException {
        long pages = 0;
        for (long at = from; at < to; at += entries.position() / Long.BYTES * PAGE_BYTES) {
            entries.clear().limit((int) Math.min(entries.capacity(), (to - at) / PAGE_BYTES * Long.BYTES));
            if (pageMap.read(entries, at / PAGE_BYTES * Long.BYTES) <= 0) {
                throw new IOException("/proc/self/pagemap ended (this needs Linux with page maps)");
            }
            for (int i = 0; i < entries.position(); i += Long.BYTES) {
                pages += (entries.getLong(i) & (PRESENT | SWAPPED)) != 0 ? 1 : 0;
            }
        }
        return pages;
    }

    @Override
    public void close() throws IOException {
        pageMap.close();
    }
}
