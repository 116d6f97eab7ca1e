// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The command behind {@code allocators/stress}: a randomised stress of all allocators, bare and under layers, with all
 * their equations checked.
 *
 * <p>Options: {@code --duration 10m} (or s, h), {@code --seed N} (of the first round; random), {@code --rounds N},
 * {@code --allocators LIST} (separated by semicolons: names, or parts of them), {@code --list}.
 */
final class StressMain {

    private long durationNanos = nanos("10m");
    private long seed = System.nanoTime();
    private long rounds = Long.MAX_VALUE;
    private List<Subject> subjects = Subjects.all();

    private StressMain(String[] arguments) {
        for (int i = 0; i < arguments.length; i += 2) {
            String value = i + 1 < arguments.length ? arguments[i + 1] : "";
            switch (arguments[i]) {
                case "--duration" -> durationNanos = nanos(value);
                case "--seed" -> seed = number(arguments[i], value);
                case "--rounds" -> rounds = number(arguments[i], value);
                case "--allocators" -> subjects = named(value);
                default ->
                    throw new IllegalArgumentException(
                            arguments[i] + " (expected: --duration, --seed, --rounds, --allocators, --list)");
            }
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        if (Arrays.asList(arguments).contains("--list")) {
            Subjects.all().forEach(subject -> System.out.println(subject.name()));
            return;
        }
        StressMain options;
        try {
            options = new StressMain(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("stress: " + e.getMessage());
            System.exit(2);
            return;
        }
        boolean isWell = new Stress(options.subjects, options.seed, System.out, System::nanoTime)
                .run(options.durationNanos, options.rounds);
        System.exit(isWell ? 0 : 1);
    }

    private static long nanos(String text) {
        if (!text.matches("[1-9][0-9]{0,5}[smh]")) {
            throw new IllegalArgumentException("--duration: " + text + " (expected: such as 30s, 10m, 1h)");
        }
        long seconds = switch (text.charAt(text.length() - 1)) {
            case 's' -> 1;
            case 'm' -> 60;
            default -> 3600;
        };
        return Long.parseLong(text.substring(0, text.length() - 1)) * seconds * 1_000_000_000L;
    }

    private static long number(String option, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + ": " + text + " (expected: a whole number)", e);
        }
    }

    private static List<Subject> named(String list) {
        List<Subject> found = new ArrayList<>();
        for (String name : list.split(";", -1)) {
            List<Subject> exact = Subjects.all().stream()
                    .filter(subject -> subject.name().equals(name))
                    .toList();
            List<Subject> matching = exact.isEmpty()
                    ? Subjects.all().stream()
                            .filter(subject -> subject.name().contains(name))
                            .toList()
                    : exact;
            if (matching.isEmpty()) {
                throw new IllegalArgumentException(
                        "--allocators: " + name + " (expected: of those that --list prints)");
            }
            found.addAll(matching);
        }
        return found;
    }
}
