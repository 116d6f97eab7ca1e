// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a prepared image in a file: magic, version, body length, checksum of the body, body.
 *
 * <p>A file that is damaged, or made for another JDK or agent, counts as absent: the image is then made anew.
 */
public final class ImageFile {

    private static final int MAGIC = 0x4d494d47; // "MIMG"
    private static final int VERSION = 2;
    private static final int MAX_BYTES = 64 << 20;

    private ImageFile() {}

    /** The image in the file, or null where there is none for this key. */
    public static @Nullable PreparedImage read(Path file, String key) {
        File stored = file.toFile();
        if (!stored.isFile() || stored.length() > MAX_BYTES) {
            return null;
        }
        try (FileInputStream in = new FileInputStream(stored)) {
            PreparedImage image = parse(in.readAllBytes());
            return image != null && image.key().equals(key) ? image : null;
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable PreparedImage parse(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        if (in.readInt() != MAGIC || in.readInt() != VERSION) {
            return null;
        }
        int bodyByteSize = in.readInt();
        long checksum = in.readLong();
        int headerByteSize = bytes.length - in.available();
        if (bodyByteSize != in.available() || checksum(bytes, headerByteSize, bodyByteSize) != checksum) {
            return null;
        }
        String key = in.readUTF();
        List<PreparedImage.ClassFile> runtime = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            runtime.add(new PreparedImage.ClassFile(in.readUTF(), readBytes(in)));
        }
        List<PreparedImage.HookedClassFile> hooked = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            HookGroup group = group(in.readUTF());
            hooked.add(new PreparedImage.HookedClassFile(group, in.readUTF(), in.readInt(), readBytes(in)));
        }
        List<HookGroup> missing = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            missing.add(group(in.readUTF()));
        }
        return new PreparedImage(key, runtime, hooked, missing);
    }

    /** As {@code valueOf}, which goes through reflection and costs milliseconds at the start of a JVM. */
    private static HookGroup group(String name) throws IOException {
        for (HookGroup group : HookGroup.values()) {
            if (group.name().equals(name)) {
                return group;
            }
        }
        throw new IOException("hook group " + name);
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int byteSize = in.readInt();
        if (byteSize < 0 || byteSize > in.available()) {
            throw new IOException("class file of " + byteSize + " bytes");
        }
        byte[] bytes = new byte[byteSize];
        in.readFully(bytes);
        return bytes;
    }

    /** Writes the image beside the file and moves it there whole; several JVMs may do so at once. */
    public static void write(Path file, PreparedImage image) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " has no folder");
        }
        Files.createDirectories(folder);
        byte[] body = body(image);
        File unfinished = File.createTempFile("image", ".tmp", folder.toFile());
        try {
            try (DataOutputStream out = new DataOutputStream(new FileOutputStream(unfinished))) {
                out.writeInt(MAGIC);
                out.writeInt(VERSION);
                out.writeInt(body.length);
                out.writeLong(checksum(body, 0, body.length));
                out.write(body);
            }
            Files.move(unfinished.toPath(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished.toPath());
        }
    }

    private static byte[] body(PreparedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(image.key());
        out.writeInt(image.runtimeClasses().size());
        for (PreparedImage.ClassFile runtime : image.runtimeClasses()) {
            out.writeUTF(runtime.name());
            writeBytes(out, runtime.bytes());
        }
        out.writeInt(image.hookedClasses().size());
        for (PreparedImage.HookedClassFile hooked : image.hookedClasses()) {
            out.writeUTF(hooked.group().name());
            out.writeUTF(hooked.name());
            out.writeInt(hooked.originalByteSize());
            writeBytes(out, hooked.bytes());
        }
        out.writeInt(image.missingGroups().size());
        for (HookGroup missing : image.missingGroups()) {
            out.writeUTF(missing.name());
        }
        return bytes.toByteArray();
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    // The native one: at the start of a JVM everything else is interpreted.
    private static long checksum(byte[] bytes, int offset, int byteSize) {
        CRC32 crc = new CRC32();
        crc.update(bytes, offset, byteSize);
        return crc.getValue();
    }
}
