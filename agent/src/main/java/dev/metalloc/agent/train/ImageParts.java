// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Reads the two parts of an image's file as they are: magic, version, length and checksum of each, the parts.
 *
 * <p>Apart from what the parts mean, so that a start that only needs some bytes of the first one loads little else.
 */
public final class ImageParts {

    static final int MAGIC = 0x4d494d47; // "MIMG"
    static final int VERSION = 4;
    private static final int HEADER_BYTES = 4 * Integer.BYTES + 2 * Long.BYTES;
    private static final int MAX_BYTES = 64 << 20;

    private ImageParts() {}

    /**
     * What follows the key in the first part; null where the file was made for something else.
     *
     * @throws IOException where there is no such file, or it is damaged
     */
    public static @Nullable ByteBuffer start(File file, String key) throws IOException {
        try (FileInputStream in = new FileInputStream(file)) {
            ByteBuffer header = header(in, file.length());
            ByteBuffer part = part(in, header.getInt(), header.getLong());
            return readName(part).equals(key) ? part : null;
        }
    }

    /**
     * The second part.
     *
     * @throws IOException where the file is gone or damaged
     */
    static ByteBuffer later(File file) throws IOException {
        try (FileInputStream in = new FileInputStream(file)) {
            ByteBuffer header = header(in, file.length());
            in.skipNBytes(header.getInt());
            header.getLong();
            return part(in, header.getInt(), header.getLong());
        }
    }

    /** The lengths and checksums of the parts, in turn. */
    private static ByteBuffer header(FileInputStream in, long fileByteSize) throws IOException {
        byte[] bytes = in.readNBytes(HEADER_BYTES);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER_BYTES || header.getInt() != MAGIC || header.getInt() != VERSION) {
            throw new IOException("no image of this version");
        }
        long startByteSize = header.getInt(2 * Integer.BYTES);
        long laterByteSize = header.getInt(3 * Integer.BYTES + Long.BYTES);
        if (startByteSize < 0
                || laterByteSize < 0
                || HEADER_BYTES + startByteSize + laterByteSize != fileByteSize
                || fileByteSize > MAX_BYTES) {
            throw new IOException("image of " + fileByteSize + " bytes");
        }
        return header;
    }

    // A buffer, not a stream of data: that one's class makes variable handles, milliseconds at the start of a JVM.
    private static ByteBuffer part(FileInputStream in, int byteSize, long checksum) throws IOException {
        byte[] bytes = in.readNBytes(byteSize);
        if (bytes.length != byteSize || checksum(bytes) != checksum) {
            throw new IOException("damaged image");
        }
        return ByteBuffer.wrap(bytes);
    }

    public static byte[] readBytes(ByteBuffer in) throws IOException {
        int byteSize = in.getInt();
        if (byteSize < 0 || byteSize > in.remaining()) {
            throw new IOException("part of " + byteSize + " bytes");
        }
        byte[] bytes = new byte[byteSize];
        in.get(bytes);
        return bytes;
    }

    public static String readName(ByteBuffer in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    // The native one: at the start of a JVM everything else is interpreted.
    static long checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, bytes.length);
        return crc.getValue();
    }
}
