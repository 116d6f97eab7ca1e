// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Applications' names as names of files. */
public final class FileNames {

    private static final int MOST_CHARACTERS = 100;

    private FileNames() {}

    /** The name with what a file system or a shell might mind replaced; a checksum keeps apart what becomes alike. */
    public static String of(String app) {
        StringBuilder name = new StringBuilder(app.length());
        for (int i = 0; i < app.length(); i++) {
            name.append(isPlain(app.charAt(i)) ? app.charAt(i) : '_');
        }
        if (name.length() <= MOST_CHARACTERS && name.toString().equals(app)) {
            return app;
        }
        CRC32C crc = new CRC32C();
        crc.update(app.getBytes(StandardCharsets.UTF_8));
        name.setLength(Math.min(name.length(), MOST_CHARACTERS));
        return name + "-" + Long.toHexString(crc.getValue());
    }

    private static boolean isPlain(char c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
