// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code -javaagent} option: the jar, then comma-separated keys and values.
 *
 * <p>Values are percent-encoded as UTF-8, so that a comma or a blank in a path ends neither the value nor the option.
 */
public final class AgentOption {

    private final Path jar;
    private final List<String> parts = new ArrayList<>();

    public AgentOption(Path jar, String mode) {
        this.jar = jar;
        parts.add(mode);
    }

    public AgentOption with(String key, Object value) {
        parts.add(key + "=" + encoded(value.toString()));
        return this;
    }

    public Path jar() {
        return jar;
    }

    /** What the agent is told, without the jar. */
    public String arguments() {
        return String.join(",", parts);
    }

    /**
     * The same agent by the name of the library that runs it. With {@code -javaagent} the JVM adds the module {@code java.instrument},
     * and for an added module it gives up the graph of modules in its archive, which costs every start some 70 ms of CPU.
     *
     * <p>Only for a JVM that has the module anyway: without it the JVM ends.
     */
    public String asLibrary() {
        return "-agentlib:instrument=" + jar + "=" + arguments();
    }

    @Override
    public String toString() {
        return "-javaagent:" + jar + "=" + arguments();
    }

    static String encoded(String value) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : value.getBytes(StandardCharsets.UTF_8)) {
            int octet = each & 0xff;
            // Bytes beyond ASCII too: the child's file encoding need not be UTF-8.
            if (octet <= ' ' || octet >= 0x7f || octet == ',' || octet == '%' || octet == '"' || octet == '\'') {
                encoded.append('%').append(hexDigit(octet >> 4)).append(hexDigit(octet & 0xf));
            } else {
                encoded.append((char) octet);
            }
        }
        return encoded.toString();
    }

    private static char hexDigit(int value) {
        return Character.toUpperCase(Character.forDigit(value, 16));
    }
}
