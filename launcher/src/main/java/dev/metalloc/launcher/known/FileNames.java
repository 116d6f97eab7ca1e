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
        String name = app.replaceAll("[^A-Za-z0-9._-]", "_");
        if (name.equals(app) && name.length() <= MOST_CHARACTERS) {
            return name;
        }
        CRC32C crc = new CRC32C();
        crc.update(app.getBytes(StandardCharsets.UTF_8));
        String cut = name.length() <= MOST_CHARACTERS ? name : name.substring(0, MOST_CHARACTERS);
        return cut + "-" + Long.toHexString(crc.getValue());
    }
}
