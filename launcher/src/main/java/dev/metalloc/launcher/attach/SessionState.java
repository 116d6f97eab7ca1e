// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.attach;

/**
 * What the agent in a running JVM says of its recording or dispatch.
 *
 * @param text the file while it is recording, a summary at its end, the reason where it failed
 */
public record SessionState(Kind kind, String text) {

    /** How far a recording has come. */
    public enum Kind {
        RECORDING,
        DISPATCHING,
        ENDED,
        FAILED,
        UNKNOWN
    }

    /** Reads the agent's words: the kind, a blank, the text. */
    static SessionState parse(String words) {
        int blank = words.indexOf(' ');
        String first = blank < 0 ? words : words.substring(0, blank);
        String text = blank < 0 ? "" : words.substring(blank + 1);
        return switch (first) {
            case "recording" -> new SessionState(Kind.RECORDING, text);
            case "dispatching" -> new SessionState(Kind.DISPATCHING, text);
            case "ended" -> new SessionState(Kind.ENDED, text);
            case "failed" -> new SessionState(Kind.FAILED, text);
            default -> new SessionState(Kind.UNKNOWN, words);
        };
    }
}
