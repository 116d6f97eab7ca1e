// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a prepared image in a file: magic, version, length and checksum of each of two parts, the parts.
 *
 * <p>The first part is what every start needs, the second the classes that are defined later. A file that is damaged, or made
 * for another JDK or agent, counts as absent: the image is then made anew.
 */
public final class ImageFile {

    private static final int MAGIC = 0x4d494d47; // "MIMG"
    private static final int VERSION = 3;
    private static final int HEADER_BYTES = 4 * Integer.BYTES + 2 * Long.BYTES;
    private static final int MAX_BYTES = 64 << 20;

    private ImageFile() {}

    private record Header(int startByteSize, long startChecksum, int laterByteSize, long laterChecksum) {}

    /** The image in the file, or null where there is none for this key. Its later classes are not read yet. */
    public static @Nullable PreparedImage read(Path file, String key) {
        File stored = file.toFile();
        if (!stored.isFile()) {
            return null;
        }
        try (FileInputStream in = new FileInputStream(stored)) {
            Header header = header(in, stored.length());
            byte[] start = part(in, header.startByteSize(), header.startChecksum());
            return image(ByteBuffer.wrap(start), key, new StoredClasses(stored));
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static Header header(FileInputStream in, long fileByteSize) throws IOException {
        byte[] bytes = in.readNBytes(HEADER_BYTES);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER_BYTES || header.getInt() != MAGIC || header.getInt() != VERSION) {
            throw new IOException("no image of this version");
        }
        Header read = new Header(header.getInt(), header.getLong(), header.getInt(), header.getLong());
        long byteSize = HEADER_BYTES + (long) read.startByteSize() + read.laterByteSize();
        if (read.startByteSize() < 0 || read.laterByteSize() < 0 || byteSize != fileByteSize || byteSize > MAX_BYTES) {
            throw new IOException("image of " + fileByteSize + " bytes");
        }
        return read;
    }

    private static byte[] part(FileInputStream in, int byteSize, long checksum) throws IOException {
        byte[] bytes = in.readNBytes(byteSize);
        if (bytes.length != byteSize || checksum(bytes) != checksum) {
            throw new IOException("damaged image");
        }
        return bytes;
    }

    // A buffer, not a stream of data: that one's class makes variable handles, milliseconds at the start of a JVM.
    private static @Nullable PreparedImage image(ByteBuffer in, String key, PreparedImage.LaterClasses later)
            throws IOException {
        if (!readName(in).equals(key)) {
            return null;
        }
        List<PreparedImage.ClassFile> start = readClasses(in);
        List<PreparedImage.HookedClassFile> hooked = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            HookGroup group = group(readName(in));
            hooked.add(new PreparedImage.HookedClassFile(group, readName(in), in.getInt(), readBytes(in)));
        }
        List<HookGroup> missing = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            missing.add(group(readName(in)));
        }
        return new PreparedImage(key, start, later, hooked, missing);
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

    private static List<PreparedImage.ClassFile> readClasses(ByteBuffer in) throws IOException {
        List<PreparedImage.ClassFile> classes = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            classes.add(new PreparedImage.ClassFile(readName(in), readBytes(in)));
        }
        return classes;
    }

    private static byte[] readBytes(ByteBuffer in) throws IOException {
        int byteSize = in.getInt();
        if (byteSize < 0 || byteSize > in.remaining()) {
            throw new IOException("part of " + byteSize + " bytes");
        }
        byte[] bytes = new byte[byteSize];
        in.get(bytes);
        return bytes;
    }

    private static String readName(ByteBuffer in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    /** Writes the image beside the file and moves it there whole; several JVMs may do so at once. */
    public static void write(Path file, PreparedImage image) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " has no folder");
        }
        Files.createDirectories(folder);
        byte[] start = startPart(image);
        byte[] later = laterPart(image);
        File unfinished = File.createTempFile("image", ".tmp", folder.toFile());
        try {
            try (DataOutputStream out = new DataOutputStream(new FileOutputStream(unfinished))) {
                out.writeInt(MAGIC);
                out.writeInt(VERSION);
                out.writeInt(start.length);
                out.writeLong(checksum(start));
                out.writeInt(later.length);
                out.writeLong(checksum(later));
                out.write(start);
                out.write(later);
            }
            Files.move(unfinished.toPath(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished.toPath());
        }
    }

    private static byte[] startPart(PreparedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        writeName(out, image.key());
        writeClasses(out, image.startClasses());
        out.writeInt(image.hookedClasses().size());
        for (PreparedImage.HookedClassFile hooked : image.hookedClasses()) {
            writeName(out, hooked.group().name());
            writeName(out, hooked.name());
            out.writeInt(hooked.originalByteSize());
            writeBytes(out, hooked.bytes());
        }
        out.writeInt(image.missingGroups().size());
        for (HookGroup missing : image.missingGroups()) {
            writeName(out, missing.name());
        }
        return bytes.toByteArray();
    }

    private static byte[] laterPart(PreparedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writeClasses(new DataOutputStream(bytes), image.laterClasses().read());
        return bytes.toByteArray();
    }

    private static void writeClasses(DataOutputStream out, List<PreparedImage.ClassFile> classes) throws IOException {
        out.writeInt(classes.size());
        for (PreparedImage.ClassFile each : classes) {
            writeName(out, each.name());
            writeBytes(out, each.bytes());
        }
    }

    private static void writeName(DataOutputStream out, String name) throws IOException {
        writeBytes(out, name.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    // The native one: at the start of a JVM everything else is interpreted.
    private static long checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, bytes.length);
        return crc.getValue();
    }

    /** The second part, read when it is asked for. The file may have been written anew since: for one key it is the same. */
    private record StoredClasses(File file) implements PreparedImage.LaterClasses {

        @Override
        public List<PreparedImage.ClassFile> read() throws IOException {
            try {
                return readWhole();
            } catch (IOException | RuntimeException e) {
                // Or every later start would come as far as this one.
                Files.deleteIfExists(file.toPath());
                throw new IOException(file + " is damaged: the next start makes it anew", e);
            }
        }

        private List<PreparedImage.ClassFile> readWhole() throws IOException {
            try (FileInputStream in = new FileInputStream(file)) {
                Header header = header(in, file.length());
                in.skipNBytes(header.startByteSize());
                return readClasses(ByteBuffer.wrap(part(in, header.laterByteSize(), header.laterChecksum())));
            }
        }
    }
}
