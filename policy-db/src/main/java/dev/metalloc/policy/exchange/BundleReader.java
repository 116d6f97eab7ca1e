// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.exchange;

import dev.metalloc.policy.exchange.BundleManifest.Entry;
import dev.metalloc.policy.store.Sha256;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Collection;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads bundles of whoever sent them: everything is checked before anything is used, and no more is read than the manifest
 * claims.
 */
public final class BundleReader {

    private static final int MOST_MANIFEST_BYTES = 64 << 20;
    private static final int MOST_SIGNATURE_BYTES = 1024;

    private final Path file;

    public BundleReader(Path file) {
        this.file = file;
    }

    /** Takes a content; its bytes are what the manifest says. */
    @FunctionalInterface
    public interface Visitor {
        void visit(Entry entry, byte[] bytes) throws IOException;
    }

    /**
     * Reads the whole bundle once and checks it.
     *
     * @param trusted keys of which one must have signed it
     * @param evenUnverified takes a bundle that is unsigned or signed by another key; its contents must be whole even then
     * @throws BundleException naming what is wrong with it
     */
    public BundleManifest verify(Collection<PublicKey> trusted, boolean evenUnverified) throws IOException {
        return read(trusted, evenUnverified, null, (entry, bytes) -> {});
    }

    /**
     * Hands out the contents of a bundle that was verified, in the manifest's order.
     *
     * @param verified what {@link #verify} answered; a file that was changed since is refused
     */
    public void forEach(BundleManifest verified, Visitor visitor) throws IOException {
        read(List.of(), true, verified, visitor);
    }

    private BundleManifest read(
            Collection<PublicKey> trusted, boolean evenUnverified, @Nullable BundleManifest verified, Visitor visitor)
            throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                ZipInputStream zip = new ZipInputStream(in)) {
            byte[] head = next(zip, BundleWriter.MANIFEST, MOST_MANIFEST_BYTES);
            byte[] signature = next(zip, BundleWriter.SIGNATURE, MOST_SIGNATURE_BYTES);
            if (!evenUnverified) {
                requireSigned(head, signature, trusted);
            }
            BundleManifest manifest = BundleManifest.parse(head, file.toString());
            if (verified != null && !verified.equals(manifest)) {
                throw changed();
            }
            for (Entry entry : manifest.entries()) {
                byte[] bytes = next(zip, entry.sha256(), (int) entry.byteSize());
                if (bytes.length != entry.byteSize() || !Sha256.of(bytes).equals(entry.sha256())) {
                    throw changed();
                }
                visitor.visit(entry, bytes);
            }
            if (zip.getNextEntry() != null) {
                throw changed();
            }
            return manifest;
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw new BundleException(file + ": no bundle, or a damaged one (export it again)", e);
        }
    }

    private byte[] next(ZipInputStream zip, String name, int mostBytes) throws IOException {
        ZipEntry entry = zip.getNextEntry();
        if (entry == null || !entry.getName().equals(name)) {
            throw name.equals(BundleWriter.MANIFEST)
                    ? new BundleException(file + ": not a metalloc bundle (expected: a file of db export)")
                    : changed();
        }
        byte[] bytes = zip.readNBytes(mostBytes);
        if (zip.read() >= 0) {
            throw changed();
        }
        return bytes;
    }

    private void requireSigned(byte[] head, byte[] signature, Collection<PublicKey> trusted) throws BundleException {
        if (signature.length == 0) {
            throw new BundleException(file + ": not signed (ask for a signed one, or add --unverified)");
        }
        for (PublicKey key : trusted) {
            if (isSignedBy(head, signature, key)) {
                return;
            }
        }
        throw new BundleException(file + ": signed by nobody trusted here, or changed since"
                + " (name the sender's key with --trust, or add --unverified)");
    }

    private static boolean isSignedBy(byte[] head, byte[] bytes, PublicKey key) {
        try {
            Signature signature = Signature.getInstance(BundleWriter.ALGORITHM);
            signature.initVerify(key);
            signature.update(head);
            return signature.verify(bytes);
        } catch (GeneralSecurityException e) {
            return false; // no signature at all
        }
    }

    private BundleException changed() {
        return new BundleException(file + ": damaged, or changed since it was made (ask for it again)");
    }
}
