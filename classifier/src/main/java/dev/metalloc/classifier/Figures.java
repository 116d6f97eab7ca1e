// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import java.util.Locale;

/** Writes numbers as people read them; the same on every machine. */
public final class Figures {

    private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Figures() {}

    /** {@code 86,000}; below 100 with one decimal where it is no whole number. */
    public static String count(double count) {
        boolean whole = count >= 100 || count == Math.rint(count);
        return String.format(Locale.ROOT, whole ? "%,.0f" : "%.1f", count);
    }

    /** {@code 86,000}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 100 B}, {@code 16 MiB}. */
    public static String bytes(long byteSize) {
        return bytes((double) byteSize);
    }

    /** {@code 100 B}, {@code 1.5 KiB}, {@code 16 MiB}. */
    public static String bytes(double byteSize) {
        double value = byteSize;
        int unit = 0;
        while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        boolean whole = unit == 0 || value >= 100 || value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, BYTE_UNITS[unit]);
    }

    /** {@code 5.1 ns}, {@code 32 ns}, {@code 1.7 µs}, {@code 12 s}. */
    public static String nanos(double nanos) {
        if (nanos < 1000) {
            return scaled(nanos, "ns");
        }
        if (nanos < 1e6) {
            return scaled(nanos / 1e3, "µs");
        }
        return nanos < 1e9 ? scaled(nanos / 1e6, "ms") : scaled(nanos / 1e9, "s");
    }

    /** {@code 0.24 %}, {@code 12 %}. */
    public static String percent(double ratio) {
        double percent = ratio * 100;
        String pattern = percent >= 10 ? "%.0f %%" : percent >= 1 ? "%.1f %%" : "%.2f %%";
        return String.format(Locale.ROOT, pattern, percent);
    }

    private static String scaled(double value, String unit) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, unit);
    }
}
