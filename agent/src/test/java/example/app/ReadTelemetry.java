// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/** Holds some direct buffers and prints what the running dispatch says about them, as a bean and as events. */
public final class ReadTelemetry {

    private static final int BUFFERS = 100;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private ReadTelemetry() {}

    public static void main(String[] arguments) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.metalloc:type=Dispatch");
        ByteBuffer[] live = new ByteBuffer[BUFFERS];
        for (int i = 0; i < BUFFERS; i++) {
            live[i] = ByteBuffer.allocateDirect(1_000);
        }
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!server.isRegistered(name)) {
            if (System.nanoTime() > end) {
                System.out.println("nothing was registered");
                return;
            }
            Thread.sleep(1);
        }
        for (CompositeData usage : (CompositeData[]) server.getAttribute(name, "Allocators")) {
            if (usage.get("entryPoint").equals("DIRECT_BUFFER")) {
                long lived = (long) usage.get("allocateCount") - (long) usage.get("freeCount");
                System.out.println("live blocks " + (lived >= BUFFERS) + ", used bytes "
                        + ((long) usage.get("usedBytes") >= BUFFERS * 1_000) + " by " + usage.get("allocator"));
            }
        }
        System.out.println("allocating " + server.getAttribute(name, "Allocating") + ", failure '"
                + server.getAttribute(name, "Failure") + "', committed "
                + ((long) server.getAttribute(name, "CommittedBytes") >= BUFFERS * 1_000));
        System.out.println("recorded "
                + StatisticsEvents.isRecorded(
                        Path.of(arguments[0]),
                        event -> event.getString("entryPoint").equals("DIRECT_BUFFER")
                                && event.getLong("usedBytes") >= BUFFERS * 1_000));
        System.out.println(live.length + " buffers");
    }
}
