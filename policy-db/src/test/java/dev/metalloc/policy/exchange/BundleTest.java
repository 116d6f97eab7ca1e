// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.policy.exchange.BundleManifest.PolicyEntry;
import dev.metalloc.policy.exchange.BundleManifest.ProfileEntry;
import dev.metalloc.policy.store.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {

    private static final byte[] PROFILE = "a profile".getBytes(StandardCharsets.UTF_8);
    private static final byte[] POLICY = "a policy".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private Path bundle;
    private Path key;
    private List<PublicKey> trusted;

    @BeforeEach
    void makeKeys() throws IOException {
        bundle = folder.resolve("x.bundle");
        key = folder.resolve("sender.key");
        SigningKeys.generate(key, folder.resolve("sender.pub"));
        trusted = List.of(SigningKeys.readPublic(folder.resolve("sender.pub")));
    }

    @Test
    void shouldReadWhatWasWritten() throws IOException {
        BundleManifest written = write(key);

        BundleReader reader = new BundleReader(bundle);
        BundleManifest read = reader.verify(trusted, false);
        List<String> contents = new ArrayList<>();
        reader.forEach(read, (entry, bytes) -> contents.add(new String(bytes, StandardCharsets.UTF_8)));

        assertEquals(written, read);
        assertEquals(List.of("a profile", "a policy"), contents);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    }

    @Test
    void shouldRefuseTheUnsignedUnlessAskedFor() throws IOException {
        write(null);

        assertRefused("not signed (ask for a signed one, or add --unverified)");
        assertEquals(
                1, new BundleReader(bundle).verify(trusted, true).profiles().size());
    }

    @Test
    void shouldRefuseAnotherKeyUnlessAskedFor() throws IOException {
        Path other = folder.resolve("other.key");
        SigningKeys.generate(other, folder.resolve("other.pub"));
        write(other);

        assertRefused("signed by nobody trusted here, or changed since");
        assertEquals(
                1, new BundleReader(bundle).verify(trusted, true).policies().size());
    }

    /** Every bit that is turned is seen, or makes no difference to what is read. */
    @Test
    void shouldNoticeWhereverItWasTamperedWith() throws IOException {
        BundleManifest written = write(key);
        byte[] whole = Files.readAllBytes(bundle);
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] tampered = whole.clone();
            tampered[i] ^= 0x10;
            Files.write(bundle, tampered);
            List<String> contents = new ArrayList<>();
            try {
                BundleReader reader = new BundleReader(bundle);
                BundleManifest read = reader.verify(trusted, false);
                reader.forEach(read, (entry, bytes) -> contents.add(new String(bytes, StandardCharsets.UTF_8)));
                assertEquals(written, read);
                assertEquals(List.of("a profile", "a policy"), contents);
            } catch (BundleException e) {
                refused++;
            }
        }
        assertTrue(refused > whole.length / 3, "refused: " + refused);
    }

    @Test
    void shouldRefuseContentsThatAreNotWhole() throws IOException {
        zip(Map.of("manifest.json", manifest().toBytes(), "signature", new byte[0]), "../../evil", PROFILE);
        assertDamaged();
        zip(Map.of("manifest.json", manifest().toBytes(), "signature", new byte[0]), Sha256.of(PROFILE), POLICY);
        assertDamaged();
        // Larger than the manifest claims: no more of it is read than that.
        zip(
                Map.of("manifest.json", manifest().toBytes(), "signature", new byte[0]),
                Sha256.of(PROFILE),
                new byte[100 << 20]);
        assertDamaged();
    }

    @Test
    void shouldRefuseHostileManifests() throws IOException {
        for (String hostile : new String[] {
            "[]",
            "{",
            "null",
            "{\"schema\":1}",
            "{\"schema\":1,\"created\":\"x\",\"profiles\":[{\"app\":\"a\",\"sha256\":\"../x\",\"byteSize\":1}],"
                    + "\"policies\":[]}",
            "{\"schema\":1,\"created\":\"x\",\"profiles\":[{\"app\":\"a\",\"sha256\":\"" + "a".repeat(64)
                    + "\",\"byteSize\":9223372036854775807}],\"policies\":[]}",
            "{\"schema\":1,\"created\":\"x\",\"profiles\":[null],\"policies\":[]}"
        }) {
            zip(Map.of("manifest.json", hostile.getBytes(StandardCharsets.UTF_8)), "signature", new byte[0]);
            String message = refusal(true);
            assertTrue(message.contains("manifest"), hostile + ": " + message);
        }
        zip(Map.of("manifest.json", "{\"schema\":2}".getBytes(StandardCharsets.UTF_8)), "signature", new byte[0]);
        assertTrue(refusal(true).contains("schema 2 is newer than 1 (update metalloc"), refusal(true));
    }

    @Test
    void shouldRefuseWhatIsNoBundle() throws IOException {
        Files.writeString(bundle, "no zip");
        assertTrue(refusal(true).contains("not a metalloc bundle"), refusal(true));
        zip(Map.of(), "other", PROFILE);
        assertTrue(refusal(true).contains("not a metalloc bundle"), refusal(true));
    }

    @Test
    void shouldRefuseAFileThatChangesBetweenLooks() throws IOException {
        write(key);
        BundleReader reader = new BundleReader(bundle);
        BundleManifest read = reader.verify(trusted, false);
        BundleManifest other = new BundleManifest(1, "later", List.of(), List.of());
        BundleWriter.write(bundle, other, sha256 -> PROFILE, null);

        assertThrows(BundleException.class, () -> reader.forEach(read, (entry, bytes) -> {}));
    }

    @Test
    void shouldSayWhatIsNoKey() throws IOException {
        Path file = Files.writeString(folder.resolve("x.pub"), "no key");
        assertThrows(BundleException.class, () -> SigningKeys.readPublic(file));
        assertThrows(BundleException.class, () -> SigningKeys.readPrivate(folder.resolve("sender.pub")));
        assertThrows(IOException.class, () -> SigningKeys.generate(key, folder.resolve("new.pub")));
        assertFalse(Files.exists(folder.resolve("new.pub")));
    }

    private void assertDamaged() {
        assertTrue(refusal(true).contains("damaged, or changed since it was made"), refusal(true));
    }

    private void assertRefused(String message) {
        assertTrue(refusal(false).contains(message), refusal(false));
    }

    private String refusal(boolean evenUnverified) {
        BundleException e =
                assertThrows(BundleException.class, () -> new BundleReader(bundle).verify(trusted, evenUnverified));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(bundle + ": ") && !message.contains("\n"), message);
        return message;
    }

    private static BundleManifest manifest() {
        return new BundleManifest(
                1,
                "2026-01-31T12:00:00Z",
                List.of(new ProfileEntry("a", Sha256.of(PROFILE), PROFILE.length, "host", "1.0", "web", 1)),
                List.of(new PolicyEntry("a", Sha256.of(POLICY), POLICY.length)));
    }

    private BundleManifest write(@Nullable Path signer) throws IOException {
        BundleManifest manifest = manifest();
        BundleWriter.write(
                bundle,
                manifest,
                sha256 -> sha256.equals(Sha256.of(PROFILE)) ? PROFILE : POLICY,
                signer == null ? null : SigningKeys.readPrivate(signer));
        return manifest;
    }

    /** A file as somebody with bad intent would make it; the manifest first. */
    private void zip(Map<String, byte[]> first, String last, byte[] lastBytes) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        if (first.containsKey("manifest.json")) {
            entries.put("manifest.json", first.get("manifest.json"));
        }
        first.forEach(entries::putIfAbsent);
        entries.put(last, lastBytes);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(bundle))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
    }
}
