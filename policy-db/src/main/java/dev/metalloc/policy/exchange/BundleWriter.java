// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.exchange;

import dev.metalloc.policy.exchange.BundleManifest.Entry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes bundles; a file is whole or not there. */
public final class BundleWriter {

    static final String MANIFEST = "manifest.json";
    static final String SIGNATURE = "signature";
    static final String ALGORITHM = "Ed25519";

    private BundleWriter() {}

    /** Fetches a content when its turn comes, so that one at a time is held. */
    @FunctionalInterface
    public interface Contents {
        byte[] of(String sha256) throws IOException;
    }

    /**
     * Writes a bundle.
     *
     * @param key signs the manifest; null for a bundle that only those take who ask for it
     */
    public static void write(Path file, BundleManifest manifest, Contents contents, @Nullable PrivateKey key)
            throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + ": no file name");
        }
        Path temporary = Files.createTempFile(folder, ".bundle", null);
        try {
            try (OutputStream out = Files.newOutputStream(temporary);
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                byte[] head = manifest.toBytes();
                put(zip, MANIFEST, head);
                put(zip, SIGNATURE, key == null ? new byte[0] : sign(head, key));
                for (Entry entry : manifest.entries()) {
                    put(zip, entry.sha256(), contents.of(entry.sha256()));
                }
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private static byte[] sign(byte[] bytes, PrivateKey key) throws IOException {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new BundleException("the key cannot sign: " + e.getMessage() + " (make one: metalloc db keygen)", e);
        }
    }
}
