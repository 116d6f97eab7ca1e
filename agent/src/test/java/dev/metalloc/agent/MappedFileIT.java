// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import example.app.KnownCounts;
import example.app.MappedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mappings of files, which profile mode sees come and go. */
class MappedFileIT {

    private static final int MAPPINGS =
            MappedFiles.CLOSED + MappedFiles.KEPT + MappedFiles.CLEANED + MappedFiles.COLLECTED;

    @TempDir
    Path folder;

    private ChildJvm profiled(String more) {
        return new ChildJvm(folder)
                .agent("profile,out=" + folder.resolve("p.mprof") + ",cache=" + folder.resolve("cache") + more);
    }

    private Profile profile() throws IOException {
        return ProfileReader.read(folder.resolve("p.mprof"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sampled", "full"})
    void shouldSeeMappingsAndTheirEnd(String mode) throws Exception {
        ChildJvm.Result plain = new ChildJvm(folder).run(MappedFiles.class);
        // Boot classes are not verified by default.
        ChildJvm.Result result = profiled(",mode=" + mode)
                .option("-XX:+UnlockDiagnosticVMOptions")
                .option("-XX:+BytecodeVerificationLocal")
                .run(MappedFiles.class);
        assertEquals(plain.out(), result.out());
        assertEquals(0, result.exitCode(), result.err());
        Profile profile = profile();
        assertTrue(profile.run().lacks().isEmpty(), profile.run().lacks().toString());

        EntryPointProfile mapped = profile.entryPoint(EntryPoint.MAPPED_FILE).orElseThrow();
        assertEquals(MAPPINGS, mapped.allocateCount());
        assertEquals((long) MAPPINGS * MappedFiles.BYTES, mapped.allocateBytes());
        assertEquals(MAPPINGS - MappedFiles.KEPT, mapped.freeCount());
        assertEquals(0, mapped.unknownFreeCount());
        assertTrue(mapped.peakLiveBytes() >= (long) MappedFiles.CLOSED * MappedFiles.BYTES, mapped::toString);
        assertTrue(mapped.peakLiveBytes() <= mapped.allocateBytes(), mapped::toString);
        assertTrue(
                profile.sites().stream()
                        .anyMatch(site -> site.entryPoint() == EntryPoint.MAPPED_FILE
                                && site.frames().getFirst().className().equals(MappedFiles.class.getName())
                                && site.frames().getFirst().methodName().equals("buffers")),
                profile.sites().toString());
        // The arenas' own blocks, if the program has any, and nothing of the file.
        assertTrue(profile.allocateBytes() < MappedFiles.BYTES, profile::toString);
        assertTrue(profile.peakLiveBytes() < MappedFiles.BYTES, profile::toString);
        assertTrue(result.err().contains("; mapped files: " + MAPPINGS + " of 3,800,000 bytes (peak 2,"), result.err());
    }

    /** The format knows blocks that an allocator could serve. */
    @Test
    void shouldLeaveThemOutOfATrace() throws Exception {
        ChildJvm.Result result =
                profiled(",trace=" + folder.resolve("t.mtrc.gz")).run(MappedFiles.class);
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(
                MAPPINGS,
                profile().entryPoint(EntryPoint.MAPPED_FILE).orElseThrow().allocateCount());
        assertTrue(Files.exists(folder.resolve("t.mtrc.gz")));
        assertTrue(result.err().contains("trace of 0 allocations, 0 reallocations, 0 frees"), result.err());
    }

    @Test
    void shouldSayNothingOfAProgramThatMapsNone() throws Exception {
        ChildJvm.Result result = profiled("").run(KnownCounts.class);
        assertTrue(profile().entryPoint(EntryPoint.MAPPED_FILE).isEmpty());
        assertTrue(!result.err().contains("mapped"), result.err());
    }
}
