// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.report;

import java.util.Locale;

/** Builds one JSON value, two blanks a level. Used once, by one thread. */
public final class JsonText {

    private final StringBuilder text = new StringBuilder(4096);
    private int depth;
    private boolean first = true;

    public JsonText open(char bracket) {
        text.append(bracket);
        depth++;
        first = true;
        return this;
    }

    public JsonText close(char bracket) {
        depth--;
        if (!first) {
            newLine();
        }
        text.append(bracket);
        first = false;
        return this;
    }

    public JsonText key(String name) {
        element();
        appendQuoted(name);
        text.append(": ");
        return this;
    }

    /** Begins an element of an array. */
    public JsonText element() {
        if (!first) {
            text.append(',');
        }
        newLine();
        first = false;
        return this;
    }

    public JsonText value(String value) {
        appendQuoted(value);
        return this;
    }

    public JsonText value(boolean value) {
        text.append(value);
        return this;
    }

    public JsonText value(long value) {
        text.append(value);
        return this;
    }

    /** At most four decimals: the figures are no better, and shorter ones are read. */
    public JsonText value(double value) {
        String decimal = String.format(Locale.ROOT, "%.4f", value);
        text.append(decimal.replaceFirst("\\.?0+$", ""));
        return this;
    }

    public JsonText nothing() {
        text.append("null");
        return this;
    }

    private void newLine() {
        text.append('\n').append("  ".repeat(depth));
    }

    private void appendQuoted(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return text.append('\n').toString();
    }
}
