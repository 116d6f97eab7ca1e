// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way from the application's threads to the one that compresses and writes them.
 *
 * <p>One writer at a time, one reader thread. Memory is fixed: where all buffers are full the writer waits, and nothing is
 * written any more once the reader has failed.
 */
/* Implementation notes
 *
 * A ring of buffers. written counts those filled, read those emptied; written - read <= BUFFERS. Each counter has one
 * writing side, whose release pairs with the acquire of the other. Nobody is woken: the sides look again after a while.
 */
public final class TraceQueue extends OutputStream {

    private static final int BUFFERS = 16;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long PAUSE_NANOS = 100_000;
    private static final long READER_PAUSE_NANOS = 2_000_000;

    private final byte[][] buffers = new byte[BUFFERS][BUFFER_BYTES];
    private final int[] lengths = new int[BUFFERS];
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong read = new AtomicLong();
    private volatile boolean ended;
    private volatile @Nullable IOException failure;

    /** Bytes that all buffers can hold. */
    public static long heldBytes() {
        return (long) BUFFERS * BUFFER_BYTES;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            long number = awaitRoom();
            int slot = (int) (number % BUFFERS);
            int part = Math.min(length - done, BUFFER_BYTES);
            System.arraycopy(bytes, offset + done, buffers[slot], 0, part);
            lengths[slot] = part;
            written.setRelease(number + 1);
            done += part;
        }
    }

    private long awaitRoom() throws IOException {
        long number = written.getPlain();
        while (number - read.getAcquire() == BUFFERS) {
            if (failure != null) {
                break;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        IOException refused = failure;
        if (refused != null) {
            throw new IOException(refused.getMessage());
        }
        return number;
    }

    /** Nothing more will come. */
    @Override
    public void close() {
        ended = true;
    }

    /**
     * Writes what comes, until the end or a failure; the reader thread's whole work. Closes the stream.
     *
     * @throws IOException where the stream refused any of it
     */
    public void drainTo(OutputStream out) throws IOException {
        try (out) {
            for (long number = 0; awaitBuffer(number); number++) {
                int slot = (int) (number % BUFFERS);
                out.write(buffers[slot], 0, lengths[slot]);
                read.setRelease(number + 1);
            }
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** False at the end. */
    private boolean awaitBuffer(long number) {
        while (written.getAcquire() == number) {
            // In this order: what was written before the end must be seen.
            if (ended && written.getAcquire() == number) {
                return false;
            }
            LockSupport.parkNanos(READER_PAUSE_NANOS);
        }
        return true;
    }
}
