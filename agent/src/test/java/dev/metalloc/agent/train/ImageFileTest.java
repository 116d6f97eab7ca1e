// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {

    private static final String KEY = "RUN|a JDK|ü";
    private static final List<PreparedImage.ClassFile> LATER =
            List.of(new PreparedImage.ClassFile("c/Later", new byte[] {7, 8, 9}));

    @TempDir
    Path folder;

    @Test
    void shouldReadWhatItWrote() throws IOException {
        Path file = written();

        PreparedImage image = ImageFile.read(file, KEY);

        assertNotNull(image);
        assertArrayEquals(new byte[] {4, 5}, image.gate().open());
        assertArrayEquals(new byte[] {6}, image.gate().closed());
        assertEquals("a/Start", image.startClasses().get(0).name());
        assertArrayEquals(new byte[] {1, 2}, image.startClasses().get(0).bytes());
        assertEquals(HookGroup.UNSAFE, image.hookedClasses().get(0).group());
        assertEquals(77, image.hookedClasses().get(0).originalByteSize());
        assertEquals(List.of(HookGroup.SEGMENT), image.missingGroups());
        assertEquals("c/Later", image.laterClasses().read().get(0).name());
        assertArrayEquals(
                new byte[] {7, 8, 9}, image.laterClasses().read().get(0).bytes());
    }

    @Test
    void shouldKnowNoOtherKey() throws IOException {
        assertNull(ImageFile.read(written(), KEY + "2"));
        assertNull(ImageFile.read(folder.resolve("absent"), KEY));
    }

    @Test
    void shouldRefuseEveryChangedByteAndEveryTruncation() throws IOException {
        byte[] whole = Files.readAllBytes(written());

        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 0x40;
            assertRefused(changed);
            assertRefused(Arrays.copyOf(whole, i));
        }
    }

    /** The first start on a JDK writes its image twice: a start between the two must find the later classes of either. */
    @Test
    void shouldReadTheLaterClassesOfAnImageThatWasWrittenAnew() throws IOException {
        Path file = written();
        PreparedImage image = ImageFile.read(file, KEY);
        assertNotNull(image);

        ImageFile.write(
                file,
                image.withHooked(List.of(new PreparedImage.HookedClassFile(HookGroup.ARENA, "d/D", 5, new byte[99]))));

        assertEquals("c/Later", image.laterClasses().read().get(0).name());
    }

    /** Damage in the second part shows when that is read. */
    private void assertRefused(byte[] bytes) throws IOException {
        Path file = folder.resolve("damaged");
        Files.write(file, bytes);
        PreparedImage image = ImageFile.read(file, KEY);
        if (image != null) {
            assertThrows(IOException.class, () -> image.laterClasses().read());
            assertFalse(Files.exists(file), "kept");
        }
    }

    private Path written() throws IOException {
        Path file = folder.resolve("run.image");
        PreparedImage image = new PreparedImage(
                KEY,
                new PreparedImage.GateClassFiles(new byte[] {4, 5}, new byte[] {6}),
                List.of(new PreparedImage.ClassFile("a/Start", new byte[] {1, 2})),
                () -> LATER,
                List.of(new PreparedImage.HookedClassFile(HookGroup.UNSAFE, "b/Hooked", 77, new byte[] {3})),
                List.of(HookGroup.SEGMENT));
        ImageFile.write(file, image);
        return file;
    }
}
