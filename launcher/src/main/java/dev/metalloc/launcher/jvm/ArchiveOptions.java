// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import dev.metalloc.policy.identity.JavaOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The options of a JVM that decide what an archive of classes must be like.
 *
 * <p>An archive is mapped only by a JVM of the same collector, heap, object layout and openness of modules as the one that made it.
 */
final class ArchiveOptions {

    private static final List<String> SHAPING = List.of(
            "-Xms",
            "-Xmx",
            "-Xmn",
            "-XX:InitialHeapSize=",
            "-XX:MaxHeapSize=",
            "-XX:InitialRAMPercentage=",
            "-XX:MaxRAM",
            "-XX:+UseCompressed",
            "-XX:-UseCompressed",
            "-XX:+UseCompactObjectHeaders",
            "-XX:-UseCompactObjectHeaders",
            "-XX:ObjectAlignmentInBytes=",
            "-XX:+UnlockExperimentalVMOptions",
            // The graph of modules is in the archive; a JVM that has another says so on its standard output.
            "--add-exports",
            "--add-opens",
            "--enable-native-access");

    private static final List<String> NEUTRAL = List.of(
            "-D",
            "-ea",
            "-da",
            "-esa",
            "-dsa",
            "-enableassertions",
            "-disableassertions",
            "-Xss",
            "-Xint",
            "-Xcomp",
            "-Xbatch",
            "-XX:+AlwaysPreTouch",
            "-XX:ActiveProcessorCount=",
            "-XX:ConcGCThreads=",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+HeapDumpOnOutOfMemoryError",
            "-XX:HeapDumpPath=",
            "-XX:MaxDirectMemorySize=",
            "-XX:MaxGCPauseMillis=",
            "-XX:MaxMetaspaceSize=",
            "-XX:MetaspaceSize=",
            "-XX:ParallelGCThreads=",
            "-XX:ReservedCodeCacheSize=",
            "-XX:TieredStopAtLevel=",
            "--sun-misc-unsafe-memory-access");

    private ArchiveOptions() {}

    /**
     * The options that shape an archive, in their order.
     *
     * @param words a command line whose first word starts a JVM
     * @return empty where one of its options is not known to leave archives alone
     */
    static Optional<List<String>> of(List<String> words) {
        List<String> shaping = new ArrayList<>();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-") || word.equals("-jar")) {
                return word.startsWith("@") ? Optional.empty() : Optional.of(shaping);
            }
            boolean isClassPath = word.equals("-cp") || word.equals("-classpath") || word.startsWith("--class-path");
            if (shapes(word)) {
                shaping.add(word);
            } else if (!isClassPath && !startsWithAny(word, NEUTRAL)) {
                return Optional.empty();
            }
            if (JavaOptions.takesArgument(word)) {
                i++;
                if (shapes(word) && i < words.size()) {
                    shaping.add(words.get(i));
                }
            }
        }
        return Optional.of(shaping);
    }

    private static boolean shapes(String word) {
        boolean isCollector = (word.startsWith("-XX:+Use") || word.startsWith("-XX:-Use")) && word.endsWith("GC");
        return isCollector || startsWithAny(word, SHAPING);
    }

    private static boolean startsWithAny(String word, List<String> prefixes) {
        for (String prefix : prefixes) {
            if (word.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
