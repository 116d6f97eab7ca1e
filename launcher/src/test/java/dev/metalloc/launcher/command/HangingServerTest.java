// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.launcher.TestSurroundings;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.policy.store.PolicyState;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.StoreLocation;
import dev.metalloc.profiler.api.EntryPoint;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server behind a line that goes dead: no start waits for it, and the policy it gave last is used. */
class HangingServerTest {

    @TempDir
    Path root;

    private TestSurroundings machine;

    @BeforeEach
    void makeMachine() throws IOException {
        machine = new TestSurroundings(root);
        machine.with("PATH", machine.jdk("path", "25.0.3").resolve("bin"));
    }

    @Test
    void shouldUseTheLastAnswerWhereverTheServerFallsSilent() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
            PolicyStore.open(StoreLocation.ofUrl(server.getJdbcUrl("postgres", "postgres")))
                    .policies()
                    .save(policy(), PolicyState.DRAFT);
            long wholeAnswer = answered(server.getPort(), Long.MAX_VALUE, "");
            String silence = "metalloc: the server of METALLOC_DB did not answer within 2000 ms (check it); using the "
                    + "policy it gave last, version 1\n";
            answered(server.getPort(), 0, silence);
            answered(server.getPort(), wholeAnswer / 2, silence);
            answered(server.getPort(), wholeAnswer - 1, silence);
        }
    }

    /** Starts the application with as many bytes of the server's answer passing, and says how many did. */
    private long answered(int port, long passing, String expectedLine) throws IOException {
        try (FailingLine line = new FailingLine(port, passing)) {
            machine.with(
                    "METALLOC_DB", "jdbc:postgresql://localhost:" + line.port() + "/postgres?user=postgres&secret=x");
            int before = machine.err().length();
            assertEquals(0, machine.run("run", "--", "java", "a.B"));
            assertEquals(expectedLine, machine.err().substring(before));
            assertTrue(machine.handedOver().get(1).contains("=run,plan="), machine.err());
            Path plan = Path.of(machine.handedOver().get(1).replaceFirst(".*,plan=([^,]*),.*", "$1"));
            assertEquals("slab", PlanFormat.read(plan).rules().getFirst().spec().allocator());
            return line.passed();
        }
    }

    private static Policy policy() {
        return new Policy(
                "a.B",
                1,
                1000,
                "a test",
                "time",
                List.of(new PolicyRule(
                        EntryPoint.UNSAFE, PolicySite.ANY, 1, 4096, AllocatorSpec.of("slab"), 1, List.of())));
    }
}
