// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a prepared image in a file: magic, version, length and checksum of each of two parts, the parts.
 *
 * <p>The first part is what every start needs, the second the classes that are defined later. A file that is damaged, or made
 * for another JDK or agent, counts as absent: the image is then made anew.
 */
public final class ImageFile {

    private ImageFile() {}

    /** The image in the file, or null where there is none for this key. Its later classes are not read yet. */
    public static @Nullable PreparedImage read(Path file, String key) {
        File stored = file.toFile();
        if (!stored.isFile()) {
            return null;
        }
        try {
            ByteBuffer start = ImageParts.start(stored, key);
            return start == null ? null : image(start, key, new StoredClasses(stored));
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** The later classes of a file, read when they are asked for. */
    public static PreparedImage.LaterClasses laterClasses(File file) {
        return new StoredClasses(file);
    }

    private static PreparedImage image(ByteBuffer in, String key, PreparedImage.LaterClasses later) throws IOException {
        PreparedImage.GateClassFiles gate =
                new PreparedImage.GateClassFiles(ImageParts.readBytes(in), ImageParts.readBytes(in));
        List<PreparedImage.ClassFile> start = readClasses(in);
        List<PreparedImage.HookedClassFile> hooked = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            HookGroup group = group(ImageParts.readName(in));
            hooked.add(new PreparedImage.HookedClassFile(
                    group, ImageParts.readName(in), in.getInt(), ImageParts.readBytes(in)));
        }
        List<HookGroup> missing = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            missing.add(group(ImageParts.readName(in)));
        }
        return new PreparedImage(key, gate, start, later, hooked, missing);
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
            classes.add(new PreparedImage.ClassFile(ImageParts.readName(in), ImageParts.readBytes(in)));
        }
        return classes;
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
                out.writeInt(ImageParts.MAGIC);
                out.writeInt(ImageParts.VERSION);
                out.writeInt(start.length);
                out.writeLong(ImageParts.checksum(start));
                out.writeInt(later.length);
                out.writeLong(ImageParts.checksum(later));
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
        writeBytes(out, image.gate().open());
        writeBytes(out, image.gate().closed());
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
            return readClasses(ImageParts.later(file));
        }
    }
}
