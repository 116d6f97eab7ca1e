// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.telemetry;

import java.lang.management.ManagementFactory;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import jdk.jfr.FlightRecorder;

/** Makes a dispatch visible to other tools, as far as the JVM has the modules for it. */
public final class Telemetry {

    private static final String OBJECT_NAME = "dev.metalloc:type=Dispatch";

    private Telemetry() {}

    /**
     * Registers the MXBean where somebody uses management beans already: to make their server costs some tenths of a second.
     *
     * @return whether there is nothing left to do: it is registered, or cannot be
     */
    public static boolean registerBean(DispatchMXBean dispatch) {
        try {
            if (MBeanServerFactory.findMBeanServer(null).isEmpty()) {
                return false;
            }
            ManagementFactory.getPlatformMBeanServer().registerMBean(dispatch, new ObjectName(OBJECT_NAME));
        } catch (Exception | LinkageError unavailable) {
            // Not caught by its own name: the class would be looked for when this one is linked.
            // No module java.management, or a security policy of the application's own.
        }
        return true;
    }

    /**
     * Registers the events where a recording was made already: to be told of the first one costs some hundred classes.
     *
     * @return whether there is nothing left to do: they are registered, or cannot be
     */
    public static boolean registerEvents(DispatchMXBean dispatch) {
        try {
            if (!FlightRecorder.isInitialized()) {
                return !FlightRecorder.isAvailable();
            }
            AllocatorStatisticsEvent.register(dispatch);
        } catch (LinkageError | RuntimeException unavailable) {
            // No module jdk.jfr.
        }
        return true;
    }
}
