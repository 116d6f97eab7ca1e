// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes buffers of the heap to a file, for each of which the JDK takes a direct one for a moment, as {@code jdk.nio.maxCachedBufferSize} has it. */
public final class ChannelWrites {

    public static final int WRITES = 500;
    public static final int BYTES = 10_000;

    private ChannelWrites() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Files.createTempFile("channel", ".writes");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < WRITES; i++) {
                channel.write(ByteBuffer.allocate(BYTES));
            }
            System.out.println(channel.size());
        } finally {
            Files.delete(file);
        }
    }
}
