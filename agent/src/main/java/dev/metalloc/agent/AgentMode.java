// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

/** What the agent was asked to do. */
public enum AgentMode {
    /** Record all allocations. */
    PROFILE,
    /** Serve allocations as a plan says. */
    RUN,
    /** End a recording that is going on, and take the hooks out again. */
    DETACH
}
