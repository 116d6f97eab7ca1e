// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

/**
 * Sizes of taken blocks as their tags say them: by number where the size has one.
 *
 * <p>Confined.
 */
final class TakenBlocks {

    private final BlockTags tags;
    private final QuickSizes sizes;

    TakenBlocks(BlockTags tags, QuickSizes sizes) {
        this.tags = tags;
        this.sizes = sizes;
    }

    /** The least size that is served of at least so many granules. */
    int rounded(int granules) {
        return sizes.isNumbered(granules) ? sizes.granules(sizes.indexOf(granules)) : Bins.roundUp(granules);
    }

    /** Says that a block lives, whose tag is cleared. */
    void setLive(int start, int granules) {
        if (sizes.isNumbered(granules)) {
            tags.setLive(start, sizes.indexOf(granules));
        } else {
            tags.setLiveUnnumbered(start, granules);
        }
    }

    /** The granules of a live or held block. */
    int granules(int start) {
        int number = BlockTags.number(tags.tag(start));
        return number < 0 ? tags.unnumberedGranules(start) : sizes.granules(number);
    }

    void clear(int start) {
        if (BlockTags.number(tags.tag(start)) < 0) {
            tags.clearUnnumbered(start);
        } else {
            tags.clearNumbered(start);
        }
    }
}
