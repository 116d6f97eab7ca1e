// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.exchange;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Ed25519 keys in PEM files, as {@code openssl genpkey -algorithm ed25519} writes them too. */
public final class SigningKeys {

    private static final String ALGORITHM = "Ed25519";
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";
    private static final long MOST_FILE_BYTES = 64 << 10;

    private SigningKeys() {}

    /**
     * Makes a pair of keys.
     *
     * @param privateFile readable by its owner only
     * @throws IOException where one of the files is there already, or cannot be written
     */
    public static void generate(Path privateFile, Path publicFile) throws IOException {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            Files.createFile(
                    privateFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(privateFile, pem(PRIVATE, pair.getPrivate().getEncoded()));
            Files.writeString(
                    Files.createFile(publicFile), pem(PUBLIC, pair.getPublic().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private static String pem(String what, byte[] key) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
        return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    }

    public static PrivateKey readPrivate(Path file) throws IOException {
        byte[] key = decode(file, PRIVATE);
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(key));
        } catch (GeneralSecurityException e) {
            throw noKey(file, PRIVATE, e);
        }
    }

    public static PublicKey readPublic(Path file) throws IOException {
        byte[] key = decode(file, PUBLIC);
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(key));
        } catch (GeneralSecurityException e) {
            throw noKey(file, PUBLIC, e);
        }
    }

    private static byte[] decode(Path file, String what) throws IOException {
        if (Files.size(file) > MOST_FILE_BYTES) {
            throw noKey(file, what, null);
        }
        String text = Files.readString(file);
        String begin = "-----BEGIN " + what + "-----";
        int start = text.indexOf(begin);
        int end = text.indexOf("-----END " + what + "-----");
        if (start < 0 || end < start) {
            throw noKey(file, what, null);
        }
        try {
            return Base64.getMimeDecoder().decode(text.substring(start + begin.length(), end));
        } catch (IllegalArgumentException e) {
            throw noKey(file, what, e);
        }
    }

    private static BundleException noKey(Path file, String what, @Nullable Throwable cause) {
        String message = file + ": no Ed25519 " + what + " in PEM (make one: metalloc db keygen NAME)";
        return cause == null ? new BundleException(message) : new BundleException(message, cause);
    }

    private static IllegalStateException missing(GeneralSecurityException e) {
        return new IllegalStateException(ALGORITHM + " is missing from this JDK (every JDK of 15 or later has it)", e);
    }
}
