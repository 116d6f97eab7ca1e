// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.TraceQueue;
import dev.metalloc.agent.runtime.TraceRecorder;
import dev.metalloc.allocators.recording.TraceWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The file of a trace and the thread that compresses and writes it. */
final class TraceOutput implements Runnable {

    private static final int BUFFER_BYTES = 64 << 10;
    private static final long JOIN_MILLIS = 60_000L;

    private final FileClaim claim;
    private final OutputStream file;
    private final TraceQueue queue = new TraceQueue();
    private final TraceRecorder recorder;
    private final Thread thread = new Thread(null, this, "metalloc-trace", 0, false);
    private volatile @Nullable Throwable failure;

    private TraceOutput(FileClaim claim, OutputStream file, Map<String, String> properties) {
        this.claim = claim;
        this.file = file;
        this.recorder = new TraceRecorder(TraceWriter.uncompressed(queue, properties));
    }

    /** Null where no trace was asked for, or none can be written, which is said: the application runs either way. */
    static @Nullable TraceOutput open(AgentOptions options) {
        Path wanted = options.path("trace");
        if (wanted == null) {
            return null;
        }
        FileClaim claim = FileClaim.of(wanted);
        try {
            TraceOutput output =
                    new TraceOutput(claim, new FileOutputStream(claim.file().toFile()), properties(options));
            output.thread.setDaemon(true);
            output.thread.start();
            return output;
        } catch (IOException e) {
            MetallocAgent.say("the trace cannot be written to " + claim.file() + ": " + e.getMessage()
                    + " (choose another file with --trace)");
            claim.release();
            return null;
        }
    }

    private static Map<String, String> properties(AgentOptions options) {
        Map<String, String> properties = new HashMap<>();
        properties.put("program", options.app());
        properties.put("recorder", "metalloc agent");
        properties.put("java", System.getProperty("java.runtime.version", "unknown"));
        return properties;
    }

    TraceRecorder recorder() {
        return recorder;
    }

    @Override
    public void run() {
        try {
            queue.drainTo(new GZIPOutputStream(file, BUFFER_BYTES));
        } catch (Throwable e) {
            failure = e;
            queue.refuse(e); // whatever it was: a stream on a full disk fails before its first byte
        }
    }

    /** Ends the trace; answers its figures in words, and tells the profile where it lacks something. */
    String end(ProfileOutput profile) {
        try {
            recorder.close();
        } catch (IOException e) {
            failure = e;
        }
        awaitWriter();
        if (!claim.isHeld()) {
            profile.lacks("no lock was to be had beside the trace: another JVM may have written that as well");
        }
        Throwable failed = failure;
        if (failed != null) {
            profile.lacks("the trace is not whole: " + ProfileOutput.reason(failed));
            return "the trace could not be written whole to " + claim.file() + ": " + ProfileOutput.reason(failed)
                    + " (make room there, or choose another file with --trace)";
        }
        if (recorder.lostCount() > 0) {
            profile.lacks("the trace lacks " + recorder.lostCount()
                    + " events: the application had run out of memory or stack");
        }
        return String.format(
                Locale.ROOT,
                "trace of %,d allocations, %,d reallocations, %,d frees (%,d bytes, peak %,d, live at the end %,d) written to %s",
                recorder.allocateCount(),
                recorder.reallocateCount(),
                recorder.freeCount(),
                recorder.allocateBytes(),
                recorder.peakLiveBytes(),
                recorder.liveBytes(),
                claim.file());
    }

    /** In place of {@link #end} where nothing was recorded: leaves no file behind. */
    void abandon() {
        try {
            recorder.close();
            awaitWriter();
            Files.deleteIfExists(claim.file());
        } catch (IOException e) {
            return; // it is empty
        } finally {
            claim.release();
        }
    }

    /** After {@link #end}. */
    void release() {
        claim.release();
    }

    private void awaitWriter() {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(JOIN_MILLIS);
            if (thread.isAlive()) {
                failure = new IOException("the disk took more than a minute");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
