// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.plan;

import java.nio.charset.StandardCharsets;

/** Escapes of a plan file: {@code %HH} for what would end a line or a word. */
final class PlanText {

    private static final String HEX_DIGITS = "0123456789abcdef";

    private PlanText() {}

    /** A text that runs to the end of its line. */
    static String escapeLine(String text) {
        return escape(text, false);
    }

    /** A text that ends at the next blank or equals sign. */
    static String escapeWord(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean word) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' || c < ' ' || c == 0x7f || (word && (c == ' ' || c == '='))) {
                escaped.append('%').append(HEX_DIGITS.charAt(c >> 4)).append(HEX_DIGITS.charAt(c & 15));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /**
     * Undoes both escapes.
     *
     * @throws IllegalArgumentException where a {@code %} is not followed by two hexadecimal digits
     */
    static String unescape(String escaped) {
        StringBuilder text = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c != '%') {
                text.append(c);
                continue;
            }
            if (i + 2 >= escaped.length()) {
                throw new IllegalArgumentException("cut escape " + escaped.substring(i));
            }
            int high = Character.digit(escaped.charAt(i + 1), 16);
            int low = Character.digit(escaped.charAt(i + 2), 16);
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException("bad escape " + escaped.substring(i, i + 3));
            }
            text.append((char) (high << 4 | low));
            i += 2;
        }
        return text.toString();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
