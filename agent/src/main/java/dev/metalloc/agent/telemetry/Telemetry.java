// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.telemetry;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** Makes a dispatch visible to other tools, as far as the JVM has the modules for it. */
public final class Telemetry {

    private static final String OBJECT_NAME = "dev.metalloc:type=Dispatch";

    private Telemetry() {}

    /** Registers the MXBean and the events; what is not to be had here is left out. */
    public static void register(DispatchMXBean dispatch) {
        try {
            ManagementFactory.getPlatformMBeanServer().registerMBean(dispatch, new ObjectName(OBJECT_NAME));
        } catch (JMException | LinkageError | RuntimeException unavailable) {
            // No module java.management, or a security policy of the application's own.
        }
        try {
            AllocatorStatisticsEvent.register(dispatch);
        } catch (LinkageError | RuntimeException unavailable) {
            // No module jdk.jfr.
        }
    }
}
