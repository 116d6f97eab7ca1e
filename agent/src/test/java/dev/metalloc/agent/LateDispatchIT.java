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
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run mode in a JVM that was started without it, with blocks from before. */
class LateDispatchIT {

    @TempDir
    Path folder;

    private ChildJvm child;
    private Process process;
    private int step;

    @BeforeEach
    void start() throws Exception {
        child = new ChildJvm(folder).option("-XX:+EnableDynamicAgentLoading").option("-Dmetalloc.telemetryMillis=1");
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

    private ChildJvm.Result ended() throws Exception {
        process.getOutputStream().close();
        ChildJvm.Result result = child.await(process);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(!result.err().contains("refused"), result.err());
        return result;
    }

    @Test
    void shouldServeFromThenOnAndFreeWhatCameBefore() throws Exception {
        assertEquals("dispatching", load("run,plan=" + plan("slab") + ",cache=" + folder.resolve("cache")));
        step();
        step();
        assertTrue(
                ended().err().contains("UNSAFE " + String.format("%,d", 2 * Steps.BLOCKS) + " blocks by slab"),
                "two steps of three were served");
    }

    @Test
    void shouldEndAndGoOn() throws Exception {
        load("run,plan=" + plan("slab") + ",quiet");
        step();
        assertEquals("ended dispatch: new blocks come from the JDK", load("detach"));
        step();
        assertEquals("dispatching", load("run,plan=" + plan("slab")));
        step();
        assertEquals("", ended().err());
    }

    @Test
    @SuppressWarnings("BanJNDI") // a connection to a child of this test
    void shouldTellManagementToolsWhetherItServes() throws Exception {
        load("run,plan=" + plan("slab") + ",quiet");
        step();
        VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
        String address = machine.startLocalManagementAgent();
        machine.detach();
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            ObjectName name = new ObjectName("dev.metalloc:type=Dispatch");
            ProfileModeIT.awaitThat(process, () -> server.isRegistered(name));
            assertEquals(true, server.getAttribute(name, "Allocating"));
            load("detach");
            assertEquals(false, server.getAttribute(name, "Allocating"));
            load("run,plan=" + plan("slab"));
            assertEquals(true, server.getAttribute(name, "Allocating"));
        }
        ended();
    }

    @Test
    void shouldEndBeforeAnyMemoryIsAskedForAndGoOn() throws Exception {
        load("run,plan=" + plan("slab"));
        assertEquals("ended dispatch: new blocks come from the JDK", load("detach"));
        assertEquals("dispatching", load("run,plan=" + plan("slab")));
        assertEquals("ended dispatch: new blocks come from the JDK", load("detach"));
        step();
        step();
        assertEquals("dispatching", load("run,plan=" + plan("slab")));
        step();
        String err = ended().err();
        assertTrue(err.contains("UNSAFE " + String.format("%,d", Steps.BLOCKS) + " blocks by slab"), err);
    }

    @Test
    void shouldRefuseWhatItCannotDo() throws Exception {
        Path leaving = folder.resolve("leaving.plan");
        PlanFormat.write(leaving, new Plan("known", "a test", 0, List.of()));
        assertEquals("failed the plan leaves everything to the JDK", load("run,plan=" + leaving));
    }

    /** Whatever was wrong with the first plan, the next one is tried. */
    @Test
    void shouldServeAfterAPlanThatWasOfNoUse() throws Exception {
        Path missing = folder.resolve("missing.plan");
        assertEquals(
                "failed the plan " + missing + " cannot be read by the user of that JVM (make it readable)",
                load("run,plan=" + missing));
        Path damaged = Files.writeString(folder.resolve("damaged.plan"), "nonsense");
        assertTrue(load("run,plan=" + damaged).startsWith("failed "));
        Path leaving = folder.resolve("leaving.plan");
        PlanFormat.write(leaving, new Plan("known", "a test", 0, List.of()));
        assertEquals("failed the plan leaves everything to the JDK", load("run,plan=" + leaving));

        assertEquals("dispatching", load("run,plan=" + plan("slab")));
        step();
        step();
        String err = ended().err();
        assertTrue(err.contains("UNSAFE " + String.format("%,d", 2 * Steps.BLOCKS) + " blocks by slab"), err);
    }

    @Test
    void shouldRefuseAJvmThatWasProfiled() throws Exception {
        load("profile,out=" + folder.resolve("p.mprof"));
        load("detach");
        assertEquals(
                "failed it was profiled, and cannot be dispatched (start it with metalloc run)",
                load("run,plan=" + plan("slab")));
        step();
        ended();
    }
}
