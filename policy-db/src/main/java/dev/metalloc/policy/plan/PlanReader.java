// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.plan;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.profiler.api.EntryPoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Parses one plan file; magic and version first, then the checksum, then what it says. Used once, by one thread. */
final class PlanReader {

    private static final String APP = "app ";
    private static final String POLICY = "policy ";
    private static final String LIMIT = "limit-bytes ";
    private static final String RULE = "rule ";

    private final String source;
    private final List<PlanRule> rules = new ArrayList<>();
    private @Nullable String app;
    private @Nullable String policy;
    private @Nullable Long limitBytes;

    PlanReader(String source) {
        this.source = source;
    }

    Plan parse(byte[] bytes) throws PlanFormatException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        requireVersion(text);
        int bodyEnd = requireChecksum(bytes);
        String body = new String(bytes, 0, bodyEnd, StandardCharsets.UTF_8);
        int lineNumber = 1;
        int start = body.indexOf('\n') + 1;
        while (start < body.length()) {
            int end = body.indexOf('\n', start);
            lineNumber++;
            parseLine(body.substring(start, end), lineNumber);
            start = end + 1;
        }
        return plan();
    }

    private void requireVersion(String text) throws PlanFormatException {
        int lineEnd = text.indexOf('\n');
        if (!text.startsWith(PlanFormat.MAGIC) || lineEnd < 0) {
            throw refused("not a plan (expected: a file written by metalloc)");
        }
        String versionText = text.substring(PlanFormat.MAGIC.length(), lineEnd);
        int version;
        try {
            version = Integer.parseInt(versionText);
        } catch (NumberFormatException e) {
            throw refused("line 1: version: " + versionText + " (expected: a whole number)");
        }
        if (version > PlanFormat.VERSION) {
            throw refused("plan version " + version + " is newer than " + PlanFormat.VERSION
                    + " (update the agent, or write the plan with the same version of metalloc)");
        }
        if (version < 1) {
            throw refused("line 1: version: " + versionText + " (expected: 1 to " + PlanFormat.VERSION + ")");
        }
    }

    /** The length of what the checksum covers; checked on bytes, since decoding would hide damaged ones. */
    private int requireChecksum(byte[] bytes) throws PlanFormatException {
        int last = bytes.length - 1;
        int lineStart = last;
        while (lineStart > 0 && bytes[lineStart - 1] != '\n') {
            lineStart--;
        }
        String line = new String(bytes, lineStart, bytes.length - lineStart, StandardCharsets.UTF_8);
        boolean isOlder = line.startsWith(PlanFormat.OLDER_CHECKSUM);
        if (bytes[last] != '\n' || !(isOlder || line.startsWith(PlanFormat.CHECKSUM))) {
            throw refused("the plan is cut short (write it again)");
        }
        byte[] body = Arrays.copyOf(bytes, lineStart);
        String expected = isOlder
                ? PlanFormat.OLDER_CHECKSUM + PlanFormat.olderChecksum(body)
                : PlanFormat.CHECKSUM + PlanFormat.checksum(body);
        if (!line.equals(expected + "\n")) {
            throw refused("the plan was changed or damaged: its checksum does not match (write it again)");
        }
        return lineStart;
    }

    private void parseLine(String line, int lineNumber) throws PlanFormatException {
        try {
            if (line.startsWith(RULE)) {
                rules.add(rule(line.substring(RULE.length())));
            } else if (line.startsWith(APP) && app == null) {
                app = PlanText.unescape(line.substring(APP.length()));
            } else if (line.startsWith(POLICY) && policy == null) {
                policy = PlanText.unescape(line.substring(POLICY.length()));
            } else if (line.startsWith(LIMIT) && limitBytes == null) {
                limitBytes = number("limit-bytes", line.substring(LIMIT.length()));
            } else {
                throw new IllegalArgumentException("unknown or repeated line: " + PlanText.escapeLine(line));
            }
        } catch (IllegalArgumentException e) {
            throw refused("line " + lineNumber + ": " + e.getMessage() + " (write the plan again)");
        }
    }

    private static PlanRule rule(String text) {
        StringTokenizer words = new StringTokenizer(text, " ");
        if (words.countTokens() < 5) {
            throw new IllegalArgumentException("rule with fewer than 5 words");
        }
        EntryPoint entryPoint = entryPoint(words.nextToken());
        long siteHash = siteHash(words.nextToken());
        long minByteSize = number("smallest size", words.nextToken());
        long maxByteSize = number("largest size", words.nextToken());
        String allocator = PlanText.unescape(words.nextToken());
        Map<String, String> parameters = new TreeMap<>();
        String siteMethod = "";
        double share = -1;
        double remoteFreeRatio = -1;
        long peakBytes = -1;
        while (words.hasMoreTokens()) {
            String word = words.nextToken();
            if (word.startsWith(PlanFormat.SITE)) {
                siteMethod = PlanText.unescape(word.substring(PlanFormat.SITE.length()));
            } else if (word.startsWith(PlanFormat.SHARE)) {
                share = ratio(word.substring(PlanFormat.SHARE.length()));
            } else if (word.startsWith(PlanFormat.REMOTE_FREE_RATIO)) {
                remoteFreeRatio = ratio(word.substring(PlanFormat.REMOTE_FREE_RATIO.length()));
            } else if (word.startsWith(PlanFormat.PEAK_BYTES)) {
                peakBytes = number("expected peak", word.substring(PlanFormat.PEAK_BYTES.length()));
            } else {
                addParameter(parameters, word);
            }
        }
        return new PlanRule(
                entryPoint,
                siteHash,
                siteMethod,
                minByteSize,
                maxByteSize,
                new AllocatorSpec(allocator, parameters),
                new ExpectedUse(share, remoteFreeRatio, peakBytes));
    }

    private static double ratio(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("ratio: " + text + " (expected: 0 to 1)", e);
        }
    }

    private static void addParameter(Map<String, String> parameters, String word) {
        int equals = word.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("parameter: " + word + " (expected: name=value)");
        }
        String name = PlanText.unescape(word.substring(0, equals));
        if (parameters.put(name, PlanText.unescape(word.substring(equals + 1))) != null) {
            throw new IllegalArgumentException("parameter given twice: " + name);
        }
    }

    // Refused, not skipped: a plan that is silently served in part would be measured as if it were whole.
    private static EntryPoint entryPoint(String name) {
        for (EntryPoint entryPoint : EntryPoint.values()) {
            if (entryPoint.name().equals(name)) {
                return entryPoint;
            }
        }
        throw new IllegalArgumentException("unknown entry point " + name);
    }

    private static long siteHash(String text) {
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("site: " + text + " (expected: 16 hexadecimal digits)", e);
        }
    }

    private static long number(String name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": " + text + " (expected: a whole number)", e);
        }
    }

    private Plan plan() throws PlanFormatException {
        if (app == null || policy == null || limitBytes == null) {
            throw refused("lacks one of the lines app, policy, limit-bytes (write the plan again)");
        }
        try {
            return new Plan(app, policy, limitBytes, rules);
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage() + " (write the plan again)");
        }
    }

    private PlanFormatException refused(String problem) {
        return new PlanFormatException(source + ": " + problem);
    }
}
