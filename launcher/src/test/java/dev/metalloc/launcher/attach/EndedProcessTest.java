// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.jvm.AgentOption;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A JVM that ends while somebody attaches: what to do about it is not what to do about one that refuses. */
class EndedProcessTest {

    private Process jvm;
    private RunningProcess process;

    @BeforeEach
    void startJvm() throws IOException {
        jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Waiting.class.getName())
                .redirectError(Redirect.DISCARD)
                .start();
        assertEquals('.', jvm.getInputStream().read());
        process = RunningProcess.jvm(jvm.pid());
    }

    @AfterEach
    void end() throws InterruptedException {
        jvm.destroyForcibly().waitFor();
    }

    /** Ends when its input does. */
    static final class Waiting {
        public static void main(String[] arguments) throws IOException {
            System.out.write('.');
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    @Test
    void shouldSayThatItHasEndedBeforeTheAttach() throws InterruptedException {
        end();
        assertEnded(() -> AttachedJvm.to(process));
        assertEnded(() -> process.identity(null));
        assertEnded(process::classPath);
    }

    @Test
    void shouldSayThatItHasEndedMeanwhile() throws InterruptedException {
        AttachedJvm attached = AttachedJvm.to(process);
        end();
        assertEnded(() -> attached.load(new AgentOption(Path.of("agent.jar"), "detach")));
        attached.close();
    }

    private void assertEnded(Executable step) {
        CommandFailure failure = assertThrows(CommandFailure.class, step);
        assertEquals("process " + jvm.pid() + " has ended (jps lists the JVMs that run)", failure.getMessage());
    }
}
