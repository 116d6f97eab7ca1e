// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanFormatTest {

    private static final Plan PLAN = new Plan(
            "com.example:cache",
            "com.example:cache version 3, 100 % of 2 runs\nsecond line = ümlaut",
            256L << 20,
            List.of(
                    new PlanRule(
                            EntryPoint.UNSAFE,
                            PlanRule.ANY_SITE,
                            1,
                            32768,
                            new AllocatorSpec("slab", Map.of("classes", "64,128", "a b=c%", "x = y\t%41"))),
                    new PlanRule(
                            EntryPoint.UNSAFE,
                            0xfedcba9876543210L,
                            "com.example.Übung$1.call me",
                            1,
                            Long.MAX_VALUE,
                            AllocatorSpec.of("leave"),
                            new ExpectedUse(0.125, 1.0 / 3, 5L << 40)),
                    new PlanRule(EntryPoint.ARENA_CONFINED, 0, 0, 0, new AllocatorSpec("bump", Map.of("empty", "")))));

    @TempDir
    Path folder;

    @Test
    void shouldReadWhatItWrote() throws IOException {
        Path file = folder.resolve("new/folder/x.plan");

        PlanFormat.write(file, PLAN);
        PlanFormat.write(file, PLAN);

        assertEquals(PLAN, PlanFormat.read(file));
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void shouldWriteTheDocumentedText() {
        Plan plan = new Plan(
                "app",
                "by hand",
                1024,
                List.of(new PlanRule(
                        EntryPoint.UNSAFE, 255, 1, 64, new AllocatorSpec("slab", Map.of("b", "2", "a", "1")))));

        String text = PlanFormat.format(plan);

        assertTrue(
                text.startsWith("metalloc-plan 2\napp app\npolicy by hand\nlimit-bytes 1024\n"
                        + "rule UNSAFE 00000000000000ff 1 64 slab a=1 b=2\ncrc32 "),
                text);
    }

    @Test
    void shouldLeaveTheOldPlanWhereTheNewOneCannotBeWritten() throws IOException {
        Path file = folder.resolve("x.plan");
        PlanFormat.write(file, PLAN);
        Plan unwritable =
                new Plan("a", "b", 1, List.of(new PlanRule(EntryPoint.UNSAFE, 0, 0, 1, AllocatorSpec.of(""))));

        assertThrows(IllegalArgumentException.class, () -> PlanFormat.write(file, unwritable));

        assertEquals(PLAN, PlanFormat.read(file));
    }

    @Test
    void shouldRefuseEveryTruncation() throws IOException {
        byte[] whole = PlanFormat.format(PLAN).getBytes(StandardCharsets.UTF_8);

        for (int length = 0; length < whole.length; length++) {
            String message = refusal(Arrays.copyOf(whole, length));
            assertFalse(message.contains("\n"), message);
        }
    }

    @Test
    void shouldRefuseEveryChangedByte() throws IOException {
        byte[] whole = PlanFormat.format(PLAN).getBytes(StandardCharsets.UTF_8);
        Random random = new Random(7);

        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] = (byte) (changed[i] ^ (1 + random.nextInt(255)));
            refusal(changed);
        }
    }

    @Test
    void shouldSayWhatIsWrong() throws IOException {
        assertRefused("\u007fELF...", "not a plan");
        assertRefused("", "not a plan");
        assertRefused("metalloc-plan 3\nanything\n", "newer than 2");
        assertRefused("metalloc-plan two\n", "version: two");
        assertRefused("metalloc-plan 0\n", "version: 0");
        assertRefused(sealed("app a\npolicy b\n"), "lacks one of the lines");
        assertRefused(body("rule UNSAFE 0 1 2 slab\nrule UNSAFE 0 2 3 slab\n"), "rules 1 and 2 overlap");
        assertRefused(body("rule SBRK 0 1 2 slab\n"), "line 5: unknown entry point SBRK");
        assertRefused(body("rule UNSAFE 0 one 2 slab\n"), "line 5: smallest size: one");
        assertRefused(body("rule UNSAFE 0 1 99999999999999999999 slab\n"), "line 5: largest size");
        assertRefused(body("rule UNSAFE xyz 1 2 slab\n"), "line 5: site: xyz");
        assertRefused(body("rule UNSAFE 0 3 2 slab\n"), "line 5: size range: 3..2");
        assertRefused(body("rule UNSAFE 0 3\n"), "fewer than 5 words");
        assertRefused(body("rule UNSAFE 0 1 2 slab classes\n"), "parameter: classes");
        assertRefused(body("rule UNSAFE 0 1 2 slab a=1 a=2\n"), "given twice: a");
        assertRefused(body("rule UNSAFE 0 1 2 slab a=%4\n"), "cut escape");
        assertRefused(body("rule UNSAFE 0 1 2 slab a=%zz\n"), "bad escape");
        assertRefused(body("surprise\n"), "line 5: unknown or repeated line: surprise");
        assertRefused(body("app again\n"), "unknown or repeated line");
        assertRefused(sealed("app a\npolicy b\nlimit-bytes -1\n"), "limitBytes: -1");
    }

    @Test
    void shouldReadPlansOfVersion1() throws IOException {
        Path file = folder.resolve("old.plan");
        Files.writeString(file, """
                metalloc-plan 1
                app known
                policy test
                limit-bytes 0
                rule UNSAFE 0000000000000000 0 4096 slab classes=32,112
                crc32c ce050f58
                """);

        assertEquals("known", PlanFormat.read(file).app());
        assertEquals(4096, PlanFormat.read(file).rules().get(0).maxByteSize());
    }

    @Test
    void shouldRefuseHugeFilesUnread() throws IOException {
        Path file = folder.resolve("huge");
        try (var channel = Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.position(PlanFormat.MAX_FILE_BYTES + 1);
            channel.write(ByteBuffer.wrap(new byte[1]));
        }

        String message = String.valueOf(assertThrows(PlanFormatException.class, () -> PlanFormat.read(file))
                .getMessage());

        assertTrue(message.contains("not a plan"), message);
    }

    private static String body(String rules) {
        return sealed("app a\npolicy b\nlimit-bytes 1\n" + rules);
    }

    private static String sealed(String lines) {
        String text = "metalloc-plan 2\n" + lines;
        return text + "crc32 " + PlanFormat.checksum(text.getBytes(StandardCharsets.UTF_8)) + "\n";
    }

    private void assertRefused(String text, String expected) throws IOException {
        String message = refusal(text.getBytes(StandardCharsets.UTF_8));
        assertTrue(message.contains(expected), message);
    }

    private String refusal(byte[] bytes) throws IOException {
        Path file = folder.resolve("hostile.plan");
        Files.write(file, bytes);
        String message = String.valueOf(assertThrows(PlanFormatException.class, () -> PlanFormat.read(file))
                .getMessage());
        assertTrue(message.startsWith(file + ": "), message);
        return message;
    }
}
