// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import dev.metalloc.replay.loop.NativePeer;
import dev.metalloc.replay.timing.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads lists of allocators as they are given on a command line: names, separated by commas, each of ours with parameters in
 * brackets if it is to have any, as in {@code slab,segregated[quickBytes=0;spacing=64]}.
 */
public final class SubjectList {

    private SubjectList() {}

    /**
     * Allocators of ours, {@code auto} among them.
     *
     * @throws IllegalArgumentException naming the entry that is wrong
     */
    public static List<Subject> ours(String text) {
        List<Subject> subjects = new ArrayList<>();
        for (String entry : text.split(",(?![^\\[]*\\])", -1)) {
            if (!entry.isBlank()) {
                subjects.add(subject(entry.trim()));
            }
        }
        return subjects;
    }

    /** Native allocators, and the floor, which is none; {@code none} stands for none. */
    public static List<Subject> peers(String text) {
        List<Subject> subjects = new ArrayList<>();
        for (String entry : text.split(",", -1)) {
            String name = entry.trim();
            if (!name.isEmpty() && !name.equals("none")) {
                subjects.add(Subject.peer(known(name)));
            }
        }
        return subjects;
    }

    private static String known(String peer) {
        if (peer.equals(Subject.FLOOR)) {
            return peer;
        }
        try {
            return NativePeer.of(peer).label();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    peer + " (expected: " + ReplayRequest.DEFAULT_PEERS + "," + Subject.FLOOR + ")", e);
        }
    }

    private static Subject subject(String entry) {
        int bracket = entry.indexOf('[');
        if (bracket < 0) {
            return PlainSubjects.of(entry);
        }
        if (!entry.endsWith("]")) {
            throw new IllegalArgumentException(entry + " (expected: name[parameter=value;...])");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : entry.substring(bracket + 1, entry.length() - 1).split(";", -1)) {
            int equals = parameter.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(parameter + " in " + entry + " (expected: parameter=value)");
            }
            parameters.put(
                    parameter.substring(0, equals).trim(),
                    parameter.substring(equals + 1).trim());
        }
        return Subject.ours(entry, entry.substring(0, bracket), parameters);
    }
}
