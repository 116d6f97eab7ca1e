// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.demo;

import dev.metalloc.bench.workload.Outcome;
import dev.metalloc.bench.workload.RandomText;
import dev.metalloc.bench.workload.WorkArguments;
import dev.metalloc.bench.workload.WorkPhase;
import dev.metalloc.bench.workload.cache.OffHeapCache;
import dev.metalloc.bench.workload.zlib.ZlibBinding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A small document service: it takes requests for documents, computes each one's entity tag through zlib bindings and
 * keeps rendered documents in an off-heap cache.
 *
 * <p>One thread, so that a run with another allocator does exactly the same work.
 */
public final class DemoWorkload {

    private static final int FAST = 1;
    private static final int LEAST_DOCUMENT_BYTES = 200;
    private static final int MOST_DOCUMENT_BYTES = 2048;
    private static final byte[] CORPUS = RandomText.prose(0, 1 << 20).getBytes(StandardCharsets.UTF_8);
    private static final int PACKED_EVERY = 128;

    private final ZlibBinding zlib = new ZlibBinding(false);
    private final OffHeapCache cache;
    private final long documentCount;

    private DemoWorkload(OffHeapCache cache, long documentCount) {
        this.cache = cache;
        this.documentCount = documentCount;
    }

    /** Arguments: {@code requests=N}, {@code documents=N}, {@code megabytes=N}, {@code result=FILE}. */
    public static void main(String[] arguments) throws Exception {
        WorkArguments values = new WorkArguments(arguments);
        long requestCount = values.number("requests", 3_000_000);
        long documentCount = values.number("documents", 60_000);
        long capacityBytes = values.number("megabytes", 48) << 20;
        Optional<Path> resultFile = values.text("result").map(Path::of);
        values.refuseOthers();
        try (OffHeapCache cache = new OffHeapCache(capacityBytes, documentCount)) {
            DemoWorkload service = new DemoWorkload(cache, documentCount);
            WorkPhase.run(() -> service.work(requestCount), resultFile);
        }
    }

    private Outcome work(long requestCount) {
        long checksum = 0;
        for (long request = 0; request < requestCount; request++) {
            long document = Long.remainderUnsigned(RandomText.mix(request), documentCount);
            checksum = RandomText.mix(checksum ^ answer(request, document));
        }
        return new Outcome(
                checksum,
                requestCount,
                Map.of("ARENA_CONFINED", zlib.allocationCount(), "UNSAFE", cache.allocationCount()));
    }

    private long answer(long request, long document) {
        long entityTag = zlib.crc32(headers(request, document));
        byte[] body = cache.value(document);
        if (body == null) {
            body = rendered(document);
            cache.put(document, body);
        }
        long answer = entityTag * 31 + Arrays.hashCode(body);
        return request % PACKED_EVERY == 0 ? answer + zlib.compress(body, FAST).length : answer;
    }

    private static List<String> headers(long request, long document) {
        String name = Long.toString(document, Character.MAX_RADIX);
        return List.of(
                "/documents/" + name + ".html",
                "text/html; charset=utf-8",
                "en-GB,en;q=0.8",
                "session=" + Long.toHexString(RandomText.mix(request >>> 6)),
                "no-cache",
                name,
                "gzip, deflate",
                "documents.example.org");
    }

    private static byte[] rendered(long document) {
        int length = RandomText.between(document, LEAST_DOCUMENT_BYTES, MOST_DOCUMENT_BYTES);
        int start = RandomText.between(~document, 0, CORPUS.length - length);
        return Arrays.copyOfRange(CORPUS, start, start + length);
    }
}
