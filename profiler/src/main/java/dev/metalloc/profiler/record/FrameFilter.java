// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** Which stack frames say where an allocation comes from, and which are machinery that every caller shares. */
final class FrameFilter {
    private static final String[] MACHINERY = {
        "java.",
        "javax.",
        "jdk.",
        "sun.",
        "com.sun.",
        "dev.metalloc.agent.",
        "dev.metalloc.allocators.",
        "dev.metalloc.profiler.record.StackWalkerSource",
        "dev.metalloc.profiler.record.ThreadRecorder",
        "dev.metalloc.profiler.record.ArenaRecord",
    };

    /** Libraries that allocate on behalf of their callers; also where another library has them under a prefix of its own. */
    private static final String[] WRAPPERS = {
        "io.netty.buffer.",
        "io.netty.util.internal.",
        "io.netty.util.Recycler",
        "io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator",
        "io.netty.channel.socket.nio.",
        "io.netty.channel.unix.",
        "io.netty.channel.epoll.",
        "io.netty.channel.kqueue.",
        "io.netty.channel.uring.",
        "io.grpc.netty.NettyWritableBufferAllocator",
        "org.apache.arrow.memory.",
        "org.apache.arrow.vector.",
        "org.agrona.BufferUtil",
        "org.agrona.ExpandableDirectByteBuffer",
        "org.agrona.concurrent.UnsafeBuffer",
        "org.lwjgl.BufferUtils",
        "org.lwjgl.system.",
        "net.openhft.chronicle.core.",
        "net.openhft.chronicle.bytes.",
        "org.apache.spark.unsafe.",
        "org.apache.spark.memory.",
        "io.questdb.std.",
    };

    private FrameFilter() {}

    /** Never part of a site. */
    static boolean isMachinery(String className) {
        return startsWithAny(className, MACHINERY);
    }

    /** Left out where it leads to a caller outside. */
    static boolean isWrapper(String className) {
        for (int i = 0; i < WRAPPERS.length; i++) {
            int at = className.indexOf(WRAPPERS[i]);
            if (at == 0 || (at > 0 && className.charAt(at - 1) == '.')) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWithAny(String className, String[] prefixes) {
        for (int i = 0; i < prefixes.length; i++) {
            if (className.startsWith(prefixes[i])) {
                return true;
            }
        }
        return false;
    }
}
