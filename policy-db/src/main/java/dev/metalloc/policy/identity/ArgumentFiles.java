// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Expands {@code @file} arguments as the java launcher does: one level, before the main class only. */
final class ArgumentFiles {

    private ArgumentFiles() {}

    /** The arguments with each argument file's contents in its place; an unreadable one stays as it is. */
    static List<String> expand(List<String> arguments, Path workingFolder) {
        List<String> expanded = new ArrayList<>();
        boolean mainSeen = false;
        boolean disabled = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            disabled |= argument.equals("--disable-@files");
            if (mainSeen || disabled || !argument.startsWith("@")) {
                expanded.add(argument);
            } else if (argument.startsWith("@@")) {
                expanded.add(argument.substring(1));
            } else {
                expanded.addAll(contents(argument, workingFolder));
            }
            // Asked of what came so far, so that an @ among the program's own arguments stays one.
            mainSeen = mainSeen || JavaCommandLine.parse(expanded).kind() != JavaCommandLine.Kind.NONE;
        }
        return expanded;
    }

    private static List<String> contents(String argument, Path workingFolder) {
        try {
            return words(Files.readString(workingFolder.resolve(argument.substring(1))));
        } catch (IOException | IllegalArgumentException e) {
            return List.of(argument);
        }
    }

    /** Words parted by white space; {@code #} starts a comment; within quotes a backslash escapes. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == '\\' && i + 1 < text.length()) {
                    i = appendEscape(text, i + 1, word);
                } else if (c == quote || c == '\n') {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                inWord = true;
            } else if (c == '#' && !inWord) {
                i = lineEnd(text, i);
            } else if (!Character.isWhitespace(c)) {
                word.append(c);
                inWord = true;
            } else if (inWord) {
                words.add(word.toString());
                word.setLength(0);
                inWord = false;
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    private static int lineEnd(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    /** Appends what the escape at {@code index} stands for; returns the index of its last character. */
    private static int appendEscape(String text, int index, StringBuilder word) {
        char c = text.charAt(index);
        switch (c) {
            case 'n' -> word.append('\n');
            case 'r' -> word.append('\r');
            case 't' -> word.append('\t');
            case 'f' -> word.append('\f');
            case '\n' -> {
                return skipBlanks(text, index);
            }
            default -> word.append(c);
        }
        return index;
    }

    // A backslash at a line's end joins the lines and drops the next one's indentation.
    private static int skipBlanks(String text, int index) {
        int last = index;
        while (last + 1 < text.length() && (text.charAt(last + 1) == ' ' || text.charAt(last + 1) == '\t')) {
            last++;
        }
        return last;
    }
}
