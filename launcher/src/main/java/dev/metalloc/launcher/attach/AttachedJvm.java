// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.attach;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.jvm.AgentOption;
import dev.metalloc.launcher.jvm.JavaRelease;
import java.io.IOException;
import java.util.Optional;

/** A connection to a running JVM, through which the agent is loaded and asked how it stands; confined. */
public final class AttachedJvm implements AutoCloseable {

    /** Where the agent says what became of an attach. */
    private static final String STATE_PROPERTY = "metalloc.session";

    private final RunningProcess process;
    private final VirtualMachine machine;

    private AttachedJvm(RunningProcess process, VirtualMachine machine) {
        this.process = process;
        this.machine = machine;
    }

    /** Connects; refuses a JVM that is too old for the agent. */
    public static AttachedJvm to(RunningProcess process) {
        try {
            AttachedJvm attached = new AttachedJvm(process, VirtualMachine.attach(Long.toString(process.processId())));
            attached.requireRelease();
            return attached;
        } catch (AttachNotSupportedException | IOException e) {
            if (process.endsSoon()) {
                throw process.ended(e);
            }
            throw CommandFailure.failed(
                    "process " + process.processId() + " lets nobody attach: " + firstLine(e)
                            + " (start it without -XX:+DisableAttachMechanism)",
                    e);
        }
    }

    private void requireRelease() throws IOException {
        String version = machine.getSystemProperties().getProperty("java.specification.version", "unknown");
        if (!isRecent(version)) {
            close();
            throw CommandFailure.failed("process " + process.processId() + " runs Java " + version
                    + ", the agent needs " + JavaRelease.LEAST_FEATURE + " or later (start it with a newer JDK)");
        }
    }

    private static boolean isRecent(String version) {
        try {
            return Integer.parseInt(version) >= JavaRelease.LEAST_FEATURE;
        } catch (NumberFormatException e) {
            return false; // 1.8
        }
    }

    /** Whether this JVM will print a warning of its own about an agent that comes late. */
    public boolean warnsOfAgents() {
        try {
            return !machine.getAgentProperties()
                    .getProperty("sun.jvm.args", "")
                    .contains("-XX:+EnableDynamicAgentLoading");
        } catch (IOException e) {
            return false;
        }
    }

    /** Loads the agent and answers when it has done what the option says. */
    public SessionState load(AgentOption option) {
        try {
            machine.loadAgent(option.jar().toString(), option.arguments());
        } catch (AgentLoadException | AgentInitializationException | IOException e) {
            if (process.endsSoon()) {
                throw process.ended(e);
            }
            throw CommandFailure.failed(
                    "process " + process.processId() + " did not load the agent: " + firstLine(e)
                            + " (start it with -XX:+EnableDynamicAgentLoading)",
                    e);
        }
        return state().orElseThrow(() -> process.ended(null));
    }

    /** How the agent in that JVM stands; absent where the JVM has ended. */
    public Optional<SessionState> state() {
        try {
            return Optional.of(SessionState.parse(machine.getSystemProperties().getProperty(STATE_PROPERTY, "")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }

    @Override
    public void close() {
        try {
            machine.detach();
        } catch (IOException e) {
            return; // the JVM is gone
        }
    }
}
