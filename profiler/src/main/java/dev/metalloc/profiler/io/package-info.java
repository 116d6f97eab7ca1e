// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * Profiles as files, {@code *.mprof}.
 *
 * <p>All numbers are big-endian. <em>varint</em>: seven bits to a byte, lowest first, the high bit set on all but the last;
 * <em>zigzag</em>: a varint of {@code (n << 1) ^ (n >> 63)}, where numbers may be negative.
 * <em>string</em>: varint number in the string table.
 *
 * <pre>
 *  offset  length
 *       0       4  "MPRF"
 *       4       2  version, 1 to 65535
 *       6       2  0
 *       8       8  length of the whole file in bytes
 *      16       …  sections
 *  length-4     4  CRC32C of everything before
 * </pre>
 *
 * A section is a name of four ASCII letters, its length (4 bytes, without these eight) and its content. Sections of other
 * names are passed over; each of these occurs once, {@code STRS} first:
 *
 * <ul>
 *   <li>{@code STRS}: count, then for each string its length in bytes and its UTF-8 bytes
 *   <li>{@code RUNI}: the components of {@code RunInfo} in their order
 *   <li>{@code ENTR}: count, then the entry points, each with its bands and arena shapes
 *   <li>{@code SITE}: count, then the sites with their frames
 *   <li>{@code THRD}: thread counts, then count and thread summaries
 *   <li>{@code TIME}: count, then for each point the differences to the one before
 *   <li>{@code COST}: the peak of live bytes over all, then the components of {@code ProfilerCost}
 *   <li>{@code CHNS}: count, then for each entry point, in the order above, the histogram of its chains of reallocations
 *   <li>{@code THHI}: count, then for each thread, in the order above, the histograms of its sizes and lifetimes in bytes
 *   <li>{@code RNGP}: count, then for each entry point, in the order above, a count of bands, the bands, and the peaks of their runs
 *   <li>{@code BRST}: count, then for each entry point, in the order above, a count of bursts, for each its start in bytes, a count of blocks, and for
 *       each block its size and its lifetime in bytes plus one, both with a flag in the lowest bit: grown, grows, and its rank among the ends
 *   <li>{@code NFRE}: count, then for each entry point, in the order above, its blocks that native code was seen to have freed
 *   <li>{@code TURN}: count, then for each thread, in the order above, the count of its turns and that of their events
 *   <li>{@code SBEH}: count, then for each site, in the order above, the components of {@code SiteBehaviour} in their order; of the lifetimes
 *       the number of buckets up to the last one that has any, at most 35, and their counts
 *   <li>{@code ETIM}: count, then for each entry point, in the order above, a time line as in {@code TIME}
 *   <li>{@code CALL}: count, then for each entry point, in the order above, whose handles of the C library's were called
 *   <li>{@code HEAP}: the components of {@code HeapUse} in their order; missing where they are not known
 * </ul>
 *
 * A file without the last ten, which came later, is read as one that does not know them. That is how sections are added: a reader of before
 * passes them over, so that the version stays. It rises where what is there changes its meaning.
 *
 * Counts and lengths are varints; differences, peaks of live bytes, lines and the start time zigzag. A histogram is its
 * length and HdrHistogram's V2 encoding, uncompressed, so that its size in memory can be told before it is decoded. Enums
 * are the strings of their names.
 */
@NullMarked
package dev.metalloc.profiler.io;

import org.jspecify.annotations.NullMarked;
