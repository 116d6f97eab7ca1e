// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.doctor;

/**
 * One thing that was looked at.
 *
 * @param subject what was looked at, in a word or two
 * @param text what was found and, where it is not well, what to do
 */
public record Finding(State state, String subject, String text) {

    /** How bad it is. */
    public enum State {
        WELL,
        /** Works, and could be better. */
        CHANGE,
        /** Some command will fail. */
        BROKEN
    }

    static Finding well(String subject, String text) {
        return new Finding(State.WELL, subject, text);
    }

    static Finding change(String subject, String text) {
        return new Finding(State.CHANGE, subject, text);
    }

    static Finding broken(String subject, String text) {
        return new Finding(State.BROKEN, subject, text);
    }
}
