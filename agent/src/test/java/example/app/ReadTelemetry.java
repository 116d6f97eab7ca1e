// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/** Holds some direct buffers and prints what the running dispatch says about them, as a bean and as events. */
public final class ReadTelemetry {

    private static final int BUFFERS = 100;

    private ReadTelemetry() {}

    public static void main(String[] arguments) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.metalloc:type=Dispatch");
        CountDownLatch registered = new CountDownLatch(1);
        server.addNotificationListener(
                MBeanServerDelegate.DELEGATE_NAME, (notification, handback) -> registered.countDown(), null, null);
        ByteBuffer[] live = new ByteBuffer[BUFFERS];
        for (int i = 0; i < BUFFERS; i++) {
            live[i] = ByteBuffer.allocateDirect(1_000);
        }
        if (!server.isRegistered(name) && !registered.await(30, TimeUnit.SECONDS)) {
            System.out.println("nothing was registered");
            return;
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
        recordedEvents(Path.of(arguments[0]));
        System.out.println(live.length + " buffers");
    }

    /** Whether there is a recording is looked up now and then. */
    private static void awaitEventType() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < end
                && FlightRecorder.getFlightRecorder().getEventTypes().stream()
                        .noneMatch(type -> type.getName().equals("dev.metalloc.AllocatorStatistics"))) {
            Thread.sleep(20);
        }
    }

    private static void recordedEvents(Path file) throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable("dev.metalloc.AllocatorStatistics").with("period", "endChunk");
            recording.start();
            awaitEventType();
            recording.stop();
            recording.dump(file);
        }
        long direct = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.metalloc.AllocatorStatistics")
                        && event.getString("entryPoint").equals("DIRECT_BUFFER")
                        && event.getLong("usedBytes") >= BUFFERS * 1_000)
                .count();
        Files.delete(file);
        System.out.println("recorded " + (direct > 0));
    }
}
