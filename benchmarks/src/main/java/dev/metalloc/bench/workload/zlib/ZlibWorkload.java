// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.zlib;

import dev.metalloc.bench.workload.Outcome;
import dev.metalloc.bench.workload.RandomText;
import dev.metalloc.bench.workload.WorkArguments;
import dev.metalloc.bench.workload.WorkPhase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checksums and compresses records of mixed sizes through foreign-function bindings, an arena per call. */
public final class ZlibWorkload {

    private static final int FAST = 1;

    private final ZlibBinding zlib;
    private final String entryPoint;
    private final long recordCount;
    private long operationCount;

    private ZlibWorkload(long recordCount, boolean shared) {
        this.recordCount = recordCount;
        this.zlib = new ZlibBinding(shared);
        this.entryPoint = shared ? "ARENA_SHARED" : "ARENA_CONFINED";
    }

    /** Arguments: {@code records=N}, {@code arenas=confined|shared}, {@code rounds=N}, {@code result=FILE}. */
    public static void main(String[] arguments) throws Exception {
        WorkArguments values = new WorkArguments(arguments);
        long recordCount = values.number("records", 200_000);
        String arenas = values.text("arenas").orElse("confined");
        if (!arenas.equals("confined") && !arenas.equals("shared")) {
            throw new IllegalArgumentException("arenas=" + arenas + " (expected: confined or shared)");
        }
        int rounds = values.count("rounds", 1);
        Optional<Path> resultFile = values.text("result").map(Path::of);
        values.refuseOthers();
        ZlibWorkload workload = new ZlibWorkload(recordCount, arenas.equals("shared"));
        WorkPhase.run(workload::work, rounds, resultFile);
    }

    private Outcome work() {
        long checksum = 0;
        for (long record = 0; record < recordCount; record++) {
            checksum = RandomText.mix(checksum ^ result(record));
        }
        return new Outcome(checksum, operationCount, Map.of(entryPoint, zlib.allocationCount()));
    }

    private long result(long record) {
        operationCount += 3;
        byte[] data = RandomText.bytes(record, RandomText.between(record, 16, 512));
        long result = zlib.crc32(data) + zlib.adler32(data) + zlib.crc32(fields(record));
        return record % 16 == 0 ? result + roundTrip(record) : result;
    }

    private static List<String> fields(long record) {
        String number = Long.toString(RandomText.mix(record));
        return List.of("record", number, RandomText.prose(record, RandomText.between(record, 8, 48)), "end");
    }

    private long roundTrip(long record) {
        operationCount += 2;
        byte[] text =
                RandomText.prose(record, RandomText.between(record, 256, 4096)).getBytes(StandardCharsets.UTF_8);
        byte[] packed = zlib.compress(text, FAST);
        byte[] unpacked = zlib.uncompress(packed, text.length);
        if (!Arrays.equals(text, unpacked)) {
            throw new IllegalStateException("record " + record + " did not survive compression");
        }
        return packed.length;
    }
}
