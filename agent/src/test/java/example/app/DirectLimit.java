// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Allocates direct buffers until the JVM's limit refuses one, and prints what the JVM says of it. */
public final class DirectLimit {

    private DirectLimit() {}

    public static void main(String[] arguments) {
        List<ByteBuffer> held = new ArrayList<>();
        try {
            while (held.size() < 100_000) {
                held.add(ByteBuffer.allocateDirect(1_000));
            }
            System.out.println("no limit");
        } catch (OutOfMemoryError e) {
            System.out.println(held.size() + " " + e);
        }
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                System.out.println(pool.getCount() + " " + pool.getTotalCapacity() + " " + pool.getMemoryUsed());
            }
        }
    }
}
