// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.agent.AgentMode;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HookTableTest {

    private static Set<HookGroup> groups(AgentMode mode) {
        return HookTable.hooks(mode).stream()
                .map(Hook::group)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(HookGroup.class)));
    }

    @Test
    void observesMoreThanItDispatches() {
        assertEquals(EnumSet.complementOf(EnumSet.of(HookGroup.SEGMENT)), groups(AgentMode.PROFILE));
        assertEquals(
                EnumSet.of(
                        HookGroup.UNSAFE,
                        HookGroup.DIRECT_BUFFER,
                        HookGroup.CHANNEL_BUFFER,
                        HookGroup.ARENA,
                        HookGroup.SEGMENT,
                        HookGroup.DOWNCALL),
                groups(AgentMode.RUN));
    }
}
