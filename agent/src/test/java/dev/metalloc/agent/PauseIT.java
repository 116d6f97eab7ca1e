// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import example.app.Steps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Detaching from a JVM in run mode, and attaching again. */
class PauseIT {

    @TempDir
    Path folder;

    private ChildJvm child;
    private Process process;
    private int step;

    @BeforeEach
    void start() throws Exception {
        child = new ChildJvm(folder)
                .agent("run,plan=" + plan("slab") + ",cache=" + folder.resolve("cache"))
                .option("-XX:+EnableDynamicAgentLoading");
        process = child.start(Steps.class);
        awaitStep();
    }

    @AfterEach
    void end() throws Exception {
        process.destroyForcibly().waitFor();
    }

    private Path plan(String allocator) throws IOException {
        Path plan = folder.resolve(allocator + ".plan");
        PlanRule rule = new PlanRule(EntryPoint.UNSAFE, PlanRule.ANY_SITE, 1, 4_096, AllocatorSpec.of(allocator));
        PlanFormat.write(plan, new Plan("known", "a test", 0, List.of(rule)));
        return plan;
    }

    private void awaitStep() throws Exception {
        String line = "step " + step + " wrong 0";
        ProfileModeIT.awaitThat(
                process, () -> Files.readAllLines(child.out().toPath()).contains(line));
        step++;
    }

    private void step() throws Exception {
        process.getOutputStream().write("\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        awaitStep();
    }

    private String load(String arguments) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
        try {
            machine.loadAgent(ChildJvm.agentJar().toString(), arguments);
            return machine.getSystemProperties().getProperty(MetallocAgent.STATE_PROPERTY, "");
        } finally {
            machine.detach();
        }
    }

    @Test
    void shouldServeNothingBetweenDetachAndAttach() throws Exception {
        assertEquals("ended dispatch: new blocks come from the JDK", load("detach"));
        step();
        step();
        assertEquals(
                "failed it was started with another plan (start it again with this one)",
                load("run,plan=" + plan("buddy")));
        assertEquals("dispatching", load("run,plan=" + plan("slab")));
        step();
        process.getOutputStream().close();
        ChildJvm.Result result = child.await(process);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(
                result.err().contains("UNSAFE " + String.format("%,d", 2 * Steps.BLOCKS) + " blocks by slab"),
                result.err());
        assertTrue(!result.err().contains("refused"), result.err());
    }
}
