// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Records what the running dispatch tells the flight recorder. */
final class StatisticsEvents {

    private static final String NAME = "dev.metalloc.AllocatorStatistics";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private StatisticsEvents() {}

    /**
     * Whether an event is recorded of which the condition holds. Recorded again until one is: the agent looks for recordings now
     * and then, and the flight recorder lists an event's type before it calls what commits the event.
     */
    static boolean isRecorded(Path file, Predicate<RecordedEvent> condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < end) {
            if (record(file, condition)) {
                return true;
            }
        }
        return false;
    }

    private static boolean record(Path file, Predicate<RecordedEvent> condition)
            throws IOException, InterruptedException {
        try (Recording recording = new Recording()) {
            recording.enable(NAME).with("period", "endChunk");
            recording.start();
            Thread.sleep(20);
            recording.stop();
            recording.dump(file);
        }
        boolean found = RecordingFile.readAllEvents(file).stream()
                .anyMatch(event -> event.getEventType().getName().equals(NAME) && condition.test(event));
        Files.delete(file);
        return found;
    }
}
