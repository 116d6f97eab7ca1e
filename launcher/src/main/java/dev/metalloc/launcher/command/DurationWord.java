// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a length of time as people write it: {@code 30s}, {@code 5m}, {@code 500ms}. */
final class DurationWord implements ITypeConverter<Duration> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    @Override
    public Duration convert(String word) {
        Matcher parts = FORM.matcher(word);
        if (!parts.matches()) {
            throw wrong(word);
        }
        long count = Long.parseLong(parts.group(1));
        Duration duration = switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
        if (duration.isZero()) {
            throw wrong(word);
        }
        return duration;
    }

    private static TypeConversionException wrong(String word) {
        return new TypeConversionException("'" + word + "' is no length of time (expected: as in 500ms, 30s, 5m, 1h)");
    }
}
