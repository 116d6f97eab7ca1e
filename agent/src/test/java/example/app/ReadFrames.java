// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/** Opens confined arenas on threads that end, and prints what the running dispatch says of their frames, then and when these are purged. */
public final class ReadFrames {

    public static final int THREADS = 8;
    private static final int ARENAS = 100;

    private ReadFrames() {}

    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(ReadFrames::open);
            thread.start();
            thread.join();
        }
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.metalloc:type=Dispatch");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!server.isRegistered(name) && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        try (Arena open = Arena.ofConfined()) {
            open.allocate(1_000);
            CompositeData frames = frames(server, name);
            System.out.println("opened " + frames.get("allocateCount") + ", closed " + frames.get("freeCount")
                    + ", missed "
                    + frames.get("missedCount") + ", used " + ((long) frames.get("usedBytes") >= 1_000) + ", serving "
                    + frames.get("serving"));
            long peak = (long) frames.get("peakCommittedBytes");
            while ((long) frames(server, name).get("committedBytes") > peak / 4 && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            System.out.println("given back " + ((long) frames(server, name).get("committedBytes") <= peak / 4)
                    + ", counted " + ((long) server.getAttribute(name, "PurgedBytes") > 0));
            System.out.println("recorded "
                    + StatisticsEvents.isRecorded(
                            Path.of(arguments[0]),
                            event -> event.getString("allocator").equals("frames")
                                    && event.getLong("missedCount") == THREADS));
        }
    }

    private static void open() {
        for (int i = 0; i < ARENAS; i++) {
            try (Arena arena = Arena.ofConfined()) {
                arena.allocate(64);
                arena.allocate(i == 0 ? 1 << 20 : 64);
            }
        }
    }

    private static CompositeData frames(MBeanServer server, ObjectName name) throws Exception {
        for (CompositeData usage : (CompositeData[]) server.getAttribute(name, "Allocators")) {
            if (usage.get("allocator").equals("frames")) {
                return usage;
            }
        }
        throw new IllegalStateException("no frames are listed");
    }
}
