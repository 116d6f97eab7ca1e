// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.zstd;

import com.github.luben.zstd.Zstd;
import dev.metalloc.bench.workload.Outcome;
import dev.metalloc.bench.workload.RandomText;
import dev.metalloc.bench.workload.WorkArguments;
import dev.metalloc.bench.workload.WorkPhase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Packs and unpacks messages with a library behind JNI, in direct buffers made for each call and left to the collector, as
 * callers of such libraries commonly do.
 */
public final class ZstdWorkload {

    private static final int FAST = 1;

    private final long messageCount;
    private long bufferCount;

    private ZstdWorkload(long messageCount) {
        this.messageCount = messageCount;
    }

    /** Arguments: {@code messages=N}, {@code result=FILE}. */
    public static void main(String[] arguments) throws Exception {
        WorkArguments values = new WorkArguments(arguments);
        long messageCount = values.number("messages", 100_000);
        Optional<Path> resultFile = values.text("result").map(Path::of);
        values.refuseOthers();
        ZstdWorkload workload = new ZstdWorkload(messageCount);
        WorkPhase.run(workload::work, resultFile);
    }

    private Outcome work() {
        long checksum = 0;
        for (long message = 0; message < messageCount; message++) {
            checksum = RandomText.mix(checksum ^ roundTrip(message));
        }
        return new Outcome(checksum, 2 * messageCount, Map.of("DIRECT_BUFFER", bufferCount));
    }

    private long roundTrip(long message) {
        byte[] text =
                RandomText.prose(message, RandomText.between(message, 64, 4096)).getBytes(StandardCharsets.UTF_8);
        ByteBuffer source = direct(text.length).put(text).flip();
        ByteBuffer packed = direct((int) Zstd.compressBound(text.length));
        Zstd.compress(packed, source, FAST);
        packed.flip();
        int packedLength = packed.remaining();
        ByteBuffer unpacked = direct(text.length);
        Zstd.decompress(unpacked, packed);
        if (!unpacked.flip().equals(ByteBuffer.wrap(text))) {
            throw new IllegalStateException("message " + message + " did not survive compression");
        }
        return packedLength;
    }

    private ByteBuffer direct(int byteSize) {
        bufferCount++;
        return ByteBuffer.allocateDirect(byteSize);
    }
}
