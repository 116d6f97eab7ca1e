// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** What a prepared image was made for: mode, JDK build, agent build. */
final class ImageKey {

    private ImageKey() {}

    static String of(AgentMode mode, File agentJar) {
        File modules = new File(System.getProperty("java.home"), "lib/modules");
        return mode.name()
                + '|'
                + System.getProperty("java.runtime.version")
                + '|'
                + System.getProperty("java.vm.name")
                + '|'
                + System.getProperty("os.arch")
                + '|'
                + modules.length()
                + '|'
                + modules.lastModified()
                + '|'
                + agentJar.length()
                + '|'
                + agentJar.lastModified();
    }

    /** The name of an image's file in its folder. */
    static String fileName(AgentMode mode, String key) {
        CRC32 crc = new CRC32();
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        crc.update(bytes, 0, bytes.length);
        return (mode == AgentMode.PROFILE ? "profile-" : "run-") + Long.toHexString(crc.getValue()) + ".image";
    }
}
