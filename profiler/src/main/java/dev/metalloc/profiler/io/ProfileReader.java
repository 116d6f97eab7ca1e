// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import dev.metalloc.profiler.api.Profile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Reads profiles from files that may be anything; any thread.
 *
 * <p>A file is read whole or refused with a {@link ProfileFormatException} of one line. It may neither be larger than
 * 256 MiB nor describe a profile that would be.
 */
public final class ProfileReader {
    private ProfileReader() {}

    public static Profile read(Path file) throws IOException {
        try {
            return decode(content(file));
        } catch (ProfileFormatException e) {
            ProfileFormatException located = new ProfileFormatException(file + ": " + e.getMessage());
            located.initCause(e);
            throw located;
        }
    }

    /** The same for a file's bytes; the buffer's position is of no account afterwards. */
    public static Profile decode(ByteBuffer file) throws ProfileFormatException {
        checkMagic(file);
        checkLength(file);
        int checksumAt = file.limit() - ProfileFormat.CHECKSUM_BYTES;
        CRC32C checksum = new CRC32C();
        checksum.update(file.slice(0, checksumAt));
        if ((int) checksum.getValue() != file.getInt(checksumAt)) {
            throw new ProfileFormatException("checksum does not match (the file was damaged)");
        }
        return ProfileDecoder.decode(file.slice(ProfileFormat.HEADER_BYTES, checksumAt - ProfileFormat.HEADER_BYTES));
    }

    private static ByteBuffer content(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size > ProfileFormat.MAX_BYTES) {
                throw new ProfileFormatException(
                        "larger than a profile may be (" + size + " bytes, at most " + ProfileFormat.MAX_BYTES + ")");
            }
            ByteBuffer content = ByteBuffer.allocate((int) size);
            while (content.hasRemaining() && channel.read(content) >= 0) {
                // until all is there, or the file turns out to be shorter than it said
            }
            return content.flip();
        }
    }

    /** A version this one cannot read is told from its header alone: what follows may be laid out differently. */
    private static void checkMagic(ByteBuffer file) throws ProfileFormatException {
        if (file.limit() < Integer.BYTES) {
            throw file.limit() == 0 ? truncated() : foreign();
        }
        if (file.getInt(0) != ProfileFormat.MAGIC) {
            throw foreign();
        }
        if (file.limit() < ProfileFormat.HEADER_BYTES) {
            throw truncated();
        }
        int version = file.getShort(4) & 0xFFFF;
        if (version > ProfileFormat.VERSION) {
            throw new ProfileFormatException("written by a newer Metalloc (version " + version
                    + ", this one reads up to " + ProfileFormat.VERSION + ")");
        }
        if (version == 0) {
            throw ProfileInput.damaged("version 0");
        }
    }

    private static void checkLength(ByteBuffer file) throws ProfileFormatException {
        long length = file.getLong(8);
        if (length < ProfileFormat.HEADER_BYTES + ProfileFormat.CHECKSUM_BYTES) {
            throw ProfileInput.damaged("its length cannot be");
        }
        if (file.limit() < length) {
            throw truncated();
        }
        if (file.limit() > length) {
            throw ProfileInput.damaged("it is longer than its header says");
        }
    }

    private static ProfileFormatException foreign() {
        return new ProfileFormatException("not a Metalloc profile");
    }

    private static ProfileFormatException truncated() {
        return new ProfileFormatException("truncated (the end of the profile is missing)");
    }
}
