// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.bench.cli.Metalloc.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A policy's allocator as Netty's default one. */
class NettyDispatchIT {

    /** All but the large one; copies, and growing and shrinking, take a block each. */
    private static final long SERVED = 2L * DefaultBuffersApplication.SHORT_LIVED
            + 3L * DefaultBuffersApplication.GROWING
            + DefaultBuffersApplication.HANDED_OVER
            + 2
            + 8
            + 2;

    @TempDir
    Path scratch;

    private Ended dispatched(String entryPoint, List<String> application) throws Exception {
        Path policy = Files.writeString(scratch.resolve("p.toml"), """
                schema = 1
                app = "any"
                version = 1
                created = "2026-01-31T12:00:00Z"
                [[rule]]
                entryPoint = "%s"
                minBytes = 1
                maxBytes = 65536
                allocator = "slab"
                """.formatted(entryPoint));
        return new Metalloc(scratch).run(Metalloc.behind(List.of("run", "--policy", policy.toString()), application));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Dio.netty.allocator.type=adaptive",
                "-Dio.netty.allocator.type=pooled",
                "-Dio.netty.allocator.type=unpooled",
                "-Dio.netty.leakDetection.level=paranoid",
                "-Xint"
            })
    void shouldServeBuffersAndChangeNothingElse(String option) throws Exception {
        List<String> application = Metalloc.java(DefaultBuffersApplication.class.getName());
        application.add(1, option);
        Ended plain = new Metalloc(scratch).run(application);
        assertEquals(0, plain.exitCode(), plain.err());
        Ended run = dispatched("NETTY", application);
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(plain.out(), run.out());
        Matcher served = Pattern.compile("NETTY ([0-9,]+) blocks by slab").matcher(run.err());
        assertTrue(served.find(), run.err());
        assertEquals(SERVED, Long.parseLong(served.group(1).replace(",", "")), run.err());
        assertFalse(run.err().contains("refused"), run.err());
    }

    @Test
    void shouldLeaveNettyAloneWithoutARule() throws Exception {
        Ended run = dispatched("UNSAFE", Metalloc.java(DefaultBuffersApplication.class.getName()));
        assertEquals(0, run.exitCode(), run.err());
        assertFalse(run.err().contains("NETTY"), run.err());
    }
}
